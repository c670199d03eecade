# Counts the words of the C# files below a folder of this repository, build output left out.
# Prints JSON: {"folder":"src","files":12,"words":3456}
set -eu
folder=$1
cd "$(dirname "$0")/../../.."

if [ ! -d "$folder" ]; then
    echo "there is no folder $folder" >&2
    exit 1
fi

list() { find "$folder" -type f -name '*.cs' ! -path '*/bin/*' ! -path '*/obj/*' "$@"; }

files=$(list -print | wc -l)
words=$(list -exec cat {} + | wc -w)
printf '{"folder":"%s","files":%d,"words":%d}\n' "$folder" "$files" "$words"
