"""Debian packages: some installed on the machine, some only unpacked here.

The second kind is fetched from Debian's unstable suite under a private apt
configuration: own sources, own state, own cache. The machine's apt sources are
read, to learn its mirror, and never changed. Signatures are checked by apt.
"""

import hashlib
import json
import os
import re
import time
from pathlib import Path

from . import paths, ui
from .process import CommandError, run, which
from .ui import HubError

SUITE = "unstable"
CACHE_DAYS = 60
DEFAULT_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
MAIN_SUITES = {"stable", "testing", "unstable", "sid"}
CONFIG = """\
Dir::Etc "{apt}/etc";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "{apt}/etc/sources.list.d";
Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";
Dir::State "{apt}/state";
Dir::State::status "/dev/null";
Dir::Cache "{apt}/cache";
Acquire::Languages "none";
Acquire::PDiffs "false";
Acquire::Retries "2";
"""


# -- packages installed on the machine ---------------------------------------


def install(packages: list, what_for: str) -> None:
    """Install Debian packages, or tell the command that does."""
    command = "apt-get install --no-install-recommends " + " ".join(packages)
    if os.geteuid() != 0:
        raise HubError(
            f"{what_for} needs system packages that are missing; install them with "
            f"'sudo {command}' and run the same command again."
        )
    if not which("apt-get"):
        raise HubError(
            f"{what_for} needs {', '.join(packages)}, and this is no Debian system "
            "(no apt-get); install them by hand and run the same command again."
        )
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    doing = "installing " + ", ".join(packages)
    log = paths.LOGS / "apt-install.log"
    full = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    try:
        run(full, doing, env=env, log=log)
    except CommandError:
        # Lists that are missing or old: fetch them, then once more.
        run(["apt-get", "update", "-q"], "fetching the package lists", env=env)
        run(full, doing, env=env, log=log)


# -- packages unpacked here ---------------------------------------------------


def _stanzas(text: str) -> list:
    """The deb822 stanzas of a ``.sources`` file, as dictionaries."""
    result = []
    for block in re.split(r"\n\s*\n", text):
        fields = {}
        for line in block.splitlines():
            if ":" in line and not line.startswith(("#", " ", "\t")):
                name, _sep, value = line.partition(":")
                fields[name.strip().lower()] = value.strip()
        if fields.get("enabled", "yes").lower() != "no":
            result.append(fields)
    return result


def _one_line_entries(text: str) -> list:
    """The entries of a classic ``sources.list``, in the same form."""
    result = []
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s+\S", line.strip())
        if match:
            options = dict(
                item.partition("=")[::2] for item in (match[1] or "").split()
            )
            result.append(
                {
                    "types": "deb",
                    "uris": match[2],
                    "suites": match[3],
                    "signed-by": options.get("signed-by", ""),
                }
            )
    return result


def debian_source(etc: Path = Path("/etc/apt")) -> tuple:
    """The machine's own Debian mirror and its keyring."""
    entries = []
    for file in [etc / "sources.list", *sorted(etc.glob("sources.list.d/*"))]:
        if file.is_file():
            text = file.read_text(errors="replace")
            deb822 = file.suffix == ".sources"
            entries += _stanzas(text) if deb822 else _one_line_entries(text)
    release = Path("/etc/os-release")
    codename = re.search(
        r"^VERSION_CODENAME=(\S+)",
        release.read_text() if release.exists() else "",
        re.MULTILINE,
    )
    suites = MAIN_SUITES | ({codename[1]} if codename else set())
    for entry in entries:
        uri = entry.get("uris", "").split(" ")[0]
        if "deb" not in entry.get("types", "").split() or "debian" not in uri:
            continue
        if suites & set(entry.get("suites", "").split()):
            return uri, entry.get("signed-by") or DEFAULT_KEYRING
    raise HubError(
        "Odoo 19 comes from Debian's archive, and this machine's apt knows no Debian "
        "mirror; on another system install Odoo 19 yourself and set ODOO_HOME "
        "(and DATABASE_URL): see the README."
    )


def _inherited_settings() -> str:
    """Proxy settings of the machine's own apt."""
    dump = run(["apt-config", "dump"], "reading apt's settings")
    keep = re.compile(r"^Acquire::(http|https|ftp)(::|\s)", re.IGNORECASE)
    return "".join(line + "\n" for line in dump.splitlines() if keep.match(line))


def _write_config(apt: Path, *, any_age: bool) -> dict:
    """Write the private configuration; return the environment that uses it."""
    for folder in (
        "etc/sources.list.d",
        "etc/preferences.d",
        "state/lists/partial",
        "cache/archives/partial",
    ):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    uri, keyring = debian_source()
    (apt / "etc/sources.list.d/order_hub.sources").write_text(
        f"Types: deb\nURIs: {uri}\nSuites: {SUITE}\nComponents: main\n"
        f"Signed-By: {keyring}\n"
    )
    text = CONFIG.format(apt=apt) + _inherited_settings()
    if os.geteuid() == 0:
        text += 'APT::Sandbox::User "root";\n'
    if any_age:
        text += 'Acquire::Check-Valid-Until "false";\n'
    (apt / "apt.conf").write_text(text)
    return {**os.environ, "APT_CONFIG": str(apt / "apt.conf"), "LC_ALL": "C.UTF-8"}


def _update(apt: Path) -> dict:
    """Fetch the suite's package list; return the environment to go on with."""
    env = _write_config(apt, any_age=False)
    doing = "fetching Debian's package list"
    try:
        run(["apt-get", "update", "-q", "--error-on=any"], doing, env=env)
    except CommandError as error:
        if "expired" not in error.output:
            raise
        # A frozen mirror: the signature still holds, only its date has passed.
        env = _write_config(apt, any_age=True)
        run(["apt-get", "update", "-q", "--error-on=any"], doing, env=env)
    return env


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _cached(index: Path, packages: list) -> list:
    """The packages' files from an earlier download, or an empty list."""
    try:
        known = json.loads(index.read_text())
        fresh = time.time() - index.stat().st_mtime < CACHE_DAYS * 86400
        files = [index.parent / known[name]["file"] for name in packages]
        sums = [known[name]["sha256"] for name in packages]
        if fresh and [_sha256(file) for file in files] == sums:
            return files
    except (OSError, ValueError, KeyError):
        pass
    return []


def download(packages: list) -> list:
    """Fetch packages of the suite, checked by apt; return their files."""
    folder = paths.CACHE / "debs"
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index.json"
    files = _cached(index, packages)
    if files:
        return files
    if not which("apt-get"):
        raise HubError(
            "Odoo 19 is fetched with apt-get, which this system does not have; install "
            "Odoo 19 yourself and set ODOO_HOME (and DATABASE_URL): see the README."
        )
    env = _update(paths.PLATFORM / "apt")
    doing = "downloading Odoo from Debian"
    # Asked elsewhere than in the cache: files that are there are not listed.
    apt = paths.PLATFORM / "apt"
    uris = run(
        ["apt-get", "download", "--print-uris", *packages], doing, env=env, cwd=apt
    )
    run(["apt-get", "download", "-q", *packages], doing, env=env, cwd=folder)
    names = re.findall(r"^'[^']*' (\S+) \d+", uris, re.MULTILINE)
    known = {
        name.partition("_")[0]: {"file": name, "sha256": _sha256(folder / name)}
        for name in names
    }
    missing = [name for name in packages if name not in known]
    if missing:
        raise HubError(f"Debian's {SUITE} has no {', '.join(missing)} today.")
    index.write_text(json.dumps(known, indent=1))
    ui.DEBUG and ui.note(f"downloaded {len(names)} packages to {folder}")
    return [folder / known[name]["file"] for name in packages]
