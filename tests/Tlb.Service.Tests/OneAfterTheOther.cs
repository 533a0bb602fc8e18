// What grows under load is seen in the memory of the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
