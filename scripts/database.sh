#!/bin/sh
# Builds the embedded database, SecantusDB's program secantusd-rs, into the user's cache folder,
# where every clone of this project finds it. Does nothing when it is there; with --if-used also
# when the settings name a MongoDB or a program to use instead.
set -eu

# src/embedded/find.rs looks for this version.
version=0.5.3-beta.196

cache=${XDG_CACHE_HOME:-$HOME/.cache}/menagerie
folder=$cache/secantus-mdb-$version
program=$folder/bin/secantusd-rs

if [ -x "$program" ]; then
    exit 0
fi

if [ "${1:-}" = --if-used ]; then
    instead='(MONGODB_URI|MENAGERIE_DATABASE_PROGRAM)=.'
    # As the server reads them: the environment and .env. Only whether they are set is looked at.
    if env | grep -Eq "^$instead" ||
        grep -Eqs "^[[:space:]]*(export[[:space:]]+)?$instead" "$(dirname "$0")/../.env"; then
        echo "MONGODB_URI or MENAGERIE_DATABASE_PROGRAM is set: no embedded database is built."
        exit 0
    fi
fi

mkdir -p "$cache"
build=$folder.building

# One build at a time, whichever clone asks. The lock ends with this script.
exec 9>"$folder.lock"
if command -v flock >/dev/null && ! flock -n 9; then
    echo "Another build of the embedded database is under way; waiting for it."
    flock 9
fi
if [ -x "$program" ]; then
    exit 0
fi

# What an interrupted build left.
rm -rf "$build"
mkdir "$build"
trap 'rm -rf "$build"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# cmake, where the system has none: its Python wheel, for this build only and without root.
if ! command -v cmake >/dev/null; then
    wheel=$build/cmake
    export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
    echo "cmake is not installed; fetching it with pip, for this build only."
    if python3 -m pip install --quiet --target "$wheel" cmake; then
        tool=$wheel/bin
    elif rm -rf "$wheel" && python3 -m venv "$wheel" && "$wheel/bin/pip" install --quiet cmake; then
        tool=$wheel/bin
    else
        echo "cmake is missing, and pip could not fetch it. Install it with:" >&2
        echo "    sudo apt-get install cmake" >&2
        exit 1
    fi
    # The wheel's command finds its own module only when told where it is.
    PATH=$tool:$PATH
    PYTHONPATH=$wheel${PYTHONPATH:+:$PYTHONPATH}
    export PATH PYTHONPATH
    cmake --version >/dev/null
fi

echo "Building the embedded database (SecantusDB $version), once for all clones:"
echo "3 to 7 minutes on two cores. It goes to $folder."

# Built apart from this project: neither its settings nor the caller's flags for it belong here.
# --ignore-rust-version: it states a newer Rust than it needs.
cd "$build"
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET CARGO_BUILD_TARGET_DIR CARGO_BUILD_RUSTFLAGS \
    CARGO_ENCODED_RUSTFLAGS RUSTFLAGS RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER MAKEFLAGS MFLAGS
# It would advise to put its folder on the PATH, which is not the one where the program stays.
export PATH="$PATH:$build/done/bin" CARGO_TARGET_DIR="$build/target"
cargo install secantus-mdb --version "$version" --locked --ignore-rust-version \
    --root "$build/done" --no-track

# Only a whole build gets the name that is looked for.
rm -rf "$folder"
mv "$build/done" "$folder"
echo "The embedded database is built: $program"
