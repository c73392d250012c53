"""Odoo 19 itself: Debian's package unpacked, with the files that it lacks."""

import hashlib
import os
import re
import shutil
import tarfile
from pathlib import Path

from . import apt, paths, stamps
from .process import run
from .ui import HubError

PACKAGES = [
    "odoo-19",
    # Its font and JavaScript files are links into these.
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
]
# What Debian leaves out or has in another version: from npm, by exact version.
NPM_PACKAGES = {
    "font-awesome@4.7.0": (
        "font-awesome-4.7.0.tgz",
        "92042b715919e17499ded134884b0318fd88041efac9b0f3204069df52222a61",
    ),
    "@mediapipe/selfie_segmentation@0.1.1675465747": (
        "mediapipe-selfie_segmentation-0.1.1675465747.tgz",
        "7767b33eaa68990ee06c28bbb89f39a13a47ebb07ff0f1fd4947d9e817bb9bf9",
    ),
}
# Links that nothing in this project uses (the point of sale's receipt font).
UNUSED_LINKS = ("addons/point_of_sale/",)
LAYOUT = 3


def home() -> Path:
    """The folder that holds the ``odoo`` package: the user's own or ours."""
    own = os.environ.get("ODOO_HOME")
    return Path(own).expanduser().resolve() if own else package_root(paths.ODOO_ROOT)


def is_external() -> bool:
    """Whether the user brings an Odoo of their own."""
    return bool(os.environ.get("ODOO_HOME"))


def package_root(root: Path) -> Path:
    return root / "usr/lib/python3/dist-packages"


def version() -> str:
    """A text that changes when Odoo changes."""
    release = home() / "odoo/release.py"
    if is_external():
        return stamps.digest(str(home()), release.stat().st_mtime)
    return stamps.read("odoo").get("version", "")


def check_external() -> None:
    """Refuse an ``ODOO_HOME`` that is no Odoo 19."""
    release = home() / "odoo/release.py"
    if not release.is_file():
        raise HubError(
            f"ODOO_HOME={home()} holds no Odoo: a folder with the package 'odoo' in it "
            "(a checkout of Odoo 19, or Python's site-packages) is expected."
        )
    match = re.search(r"version_info\s*=\s*\((\d+)", release.read_text())
    if not match or match[1] != "19":
        raise HubError(
            f"ODOO_HOME={home()} holds Odoo {match[1] if match else '?'}; Order Hub "
            "needs Odoo 19."
        )


def ensure() -> None:
    """Have Odoo's source in place."""
    if is_external():
        check_external()
        return
    key = stamps.digest(PACKAGES, NPM_PACKAGES, LAYOUT)
    if stamps.done("odoo", key) and paths.ODOO_ROOT.is_dir():
        return
    stamps.remove("odoo")
    debs = apt.download(PACKAGES)
    tarballs = npm_download()
    draft = paths.PLATFORM / "root.new"
    for leftover in (draft, paths.ODOO_ROOT):
        if leftover.exists():
            shutil.rmtree(leftover)
    draft.mkdir(parents=True)
    for deb in debs:
        run(["dpkg", "-x", deb, draft], f"unpacking {deb.name}")
    _add_npm_files(draft, tarballs)
    _name_psycopg2_binary(draft)
    _check_links(draft)
    os.replace(draft, paths.ODOO_ROOT)
    stamps.write("odoo", key, version=debs[0].name)


def npm_download() -> dict:
    """The npm packages' tarballs by name, from the cache or the registry."""
    folder = paths.CACHE / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    result = {}
    for spec, (name, sha256) in NPM_PACKAGES.items():
        file = folder / name
        if not _matches(file, sha256):
            run(
                ["npm", "pack", "--silent", "--fetch-retries=1", spec],
                f"downloading {spec}",
                cwd=folder,
                env={**os.environ, "npm_config_cache": str(paths.PLATFORM / "npm")},
            )
        if not _matches(file, sha256):
            raise HubError(f"{spec} from npm is not the file that this project knows.")
        result[spec.rpartition("@")[0]] = file
    return result


def _matches(file: Path, sha256: str) -> bool:
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == sha256


def _extract(tarball: Path, member: str, target: Path) -> None:
    """Write one file of a tarball, in place of a link if there is one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    with tarfile.open(tarball) as archive:
        target.write_bytes(archive.extractfile(member).read())


def _add_npm_files(root: Path, tarballs: dict) -> None:
    """Font Awesome 4.7 for the icons, and a script of the video calls."""
    addons = package_root(root) / "odoo/addons"
    for link in addons.glob("web/static/**/fontawesome/fonts/*"):
        if link.is_symlink():
            _extract(tarballs["font-awesome"], f"package/fonts/{link.name}", link)
    name = "selfie_segmentation.js"
    _extract(
        tarballs["@mediapipe/selfie_segmentation"],
        f"package/{name}",
        addons / "mail/static/lib/selfie_segmentation" / name,
    )


def _name_psycopg2_binary(root: Path) -> None:
    """Odoo's metadata asks for psycopg2; here psycopg2-binary provides it.

    Without this, installing an add-on by pip would try to compile psycopg2.
    """
    for info in package_root(root).glob("odoo-*.egg-info"):
        for file in (info / "PKG-INFO", info / "requires.txt"):
            if file.is_file():
                text = file.read_text()
                file.write_text(re.sub(r"\bpsycopg2\b(?!-)", "psycopg2-binary", text))


def _check_links(root: Path) -> None:
    """Every link that the installed apps use must lead somewhere."""
    dangling = []
    for folder, _dirs, files in os.walk(package_root(root)):
        for name in files:
            file = Path(folder, name)
            if file.is_symlink() and not file.exists():
                dangling.append(str(file.relative_to(package_root(root))))
    used = [name for name in dangling if not any(part in name for part in UNUSED_LINKS)]
    if used:
        raise HubError(
            f"Debian's Odoo package links to files that no package brought: {used[0]}"
            f" ({len(used)} in all); the list PACKAGES in odoo_source.py must grow."
        )
