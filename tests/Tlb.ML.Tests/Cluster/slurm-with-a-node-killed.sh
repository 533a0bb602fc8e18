#!/usr/bin/env bash
# Starts a Slurm cluster of four nodes on this machine, has it score in four shards, kills a node in the midst of its shard with all that
# runs on it, waits for the shard to be scored on another, and merges.
#
#   MODEL=... DATA=... SCORES=... SHARDS=4 slurm-with-a-node-killed.sh FOLDER PORT SCRIPTS
#
# FOLDER is new and the cluster's own; its daemons listen on PORT and the four after it; SCRIPTS has score.sbatch and merge.sbatch.
set -euo pipefail
folder=$1 port=$2 scripts=$3
nodes=4
host=$(hostname -s)
name=tlb-$port                      # of the nodes: no other cluster has it
mkdir -p "$folder/state"
cd "$folder"

fail() {
  echo "$1" >&2
  tail -n 20 -- *.log *.out >&2 || true
  exit 1
}

# Kills a node as a power failure does: its daemon, the keepers of its jobs, which are their parents, and all of its jobs.
kill_node() {
  local file jobs=() keepers=()
  for file in $(grep --files-with-matches --null-data --line-regexp --fixed-strings "SLURMD_NODENAME=$1" /proc/[0-9]*/environ 2> /dev/null); do
    file=${file#/proc/}
    jobs+=("${file%/environ}")
    keepers+=("$(ps -o ppid= -p "${file%/environ}" | tr -d ' ' | grep -xFf <(pgrep slurmstepd) || true)")
  done
  kill -9 $(cat "$1.pid") ${keepers[*]} ${jobs[*]} 2> /dev/null || true
}

end() {
  local i
  for ((i = 1; i <= nodes; i++)); do kill_node "$name-$i"; done
  kill -9 $(cat slurmctld.pid munged.pid) 2> /dev/null || true
}

dd if=/dev/urandom of=munge.key bs=1024 count=1 status=none
chmod 400 munge.key
cat > slurm.conf <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/linear
SlurmdTimeout=5
ReturnToService=0
StateSaveLocation=$folder/state
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdSpoolDir=$folder/spool-%n
SlurmdPidFile=$folder/%n.pid
SlurmdLogFile=$folder/%n.log
CONF
echo "CgroupPlugin=cgroup/v1" > cgroup.conf
for ((i = 1; i <= nodes; i++)); do
  echo "NodeName=$name-$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + i)) State=UNKNOWN" >> slurm.conf
done
echo "PartitionName=all Nodes=ALL Default=YES" >> slurm.conf

export SLURM_CONF=$folder/slurm.conf
trap end EXIT
munged --force --socket="$folder/munge.socket" --key-file="$folder/munge.key" --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munged.seed"
slurmctld
for ((i = 1; i <= nodes; i++)); do slurmd -N "$name-$i"; done

job=$(sbatch --parsable --array=0-$((SHARDS - 1)) --output=score-%a.out "$scripts/score.sbatch")
merge=$(sbatch --parsable --dependency=afterok:"$job" --output=merge.out "$scripts/merge.sbatch")

# The first shard that has put down a thousand images or more, and the node that it is on.
until journal=$(grep -lsE '"Done":[0-9]{4,},' "$SCORES"/shards/*.unfinished/journal.json | head -n 1) && [[ $journal ]]; do
  [[ ! -f $SCORES/scores.csv ]] || fail "All was over before a node could be killed: score more images."
done
shard=$(basename "${journal%.csv.unfinished/journal.json}")
node=$(squeue --noheader --array --jobs="$job" --format="%K %N" | awk -v task=$((shard - 1)) '$1 == task { print $2 }')
[[ $node ]] || fail "No node has shard $shard."
kill_node "$node"
[[ ! -f $SCORES/shards/$shard.csv ]] || fail "Shard $shard was complete before its node was killed: score more images."
echo "killed $node in shard $shard"

until [[ -z $(squeue --noheader --jobs="$merge" 2> /dev/null) ]]; do
  [[ $SECONDS -lt 240 ]] || fail "The jobs have not ended: $(squeue --array)"
  [[ -z $(squeue --noheader --jobs="$merge" --format=%r | grep DependencyNeverSatisfied) ]] || fail "A shard has failed."
  read -rt 0.2 <> <(:) || true
done
[[ -f $SCORES/scores.csv ]] || fail "There is no merged file."
sinfo --noheader --Node --format="%N %T"
cat "score-$((shard - 1)).out"
echo "all done after $SECONDS s"
