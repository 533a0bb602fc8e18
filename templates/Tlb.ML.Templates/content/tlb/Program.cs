using Flowers;

// dotnet run -- train FOLDER [EPOCHS]     FOLDER has one sub-folder of images per class
// dotnet run -- predict IMAGE
switch (args)
{
    case ["train", var folder]:
        FlowersModel.Train(FlowersModel.ModelPath, folder);
        break;
    case ["train", var folder, var epochs]:
        FlowersModel.Train(FlowersModel.ModelPath, folder, int.Parse(epochs));
        break;
    case ["predict", var image]:
        foreach (var (label, probability) in FlowersModel.PredictAllLabels(new() { ImagePath = Path.GetFullPath(image) }))
            Console.WriteLine($"{probability,7:P1}  {label}");
        break;
    default:
        Console.Error.WriteLine("expected: train FOLDER [EPOCHS] or predict IMAGE");
        return 1;
}
return 0;
