"""Prepared databases, so that nothing is installed twice.

=============  =====================================  ==========================
template       contents                               key
=============  =====================================  ==========================
hub_base_…     Odoo's apps, no demo data              Odoo, list of modules
hub_test_…     + our add-ons, no demo data            + our add-ons' files
hub_demo_…     + our add-ons' demo data               the same
=============  =====================================  ==========================

A template is built under a draft name and renamed when it is complete. Copies
are made by PostgreSQL (``createdb -T``) with a hard-linked file store.
"""

import os
import re
import shutil
from pathlib import Path

from . import odoo, odoo_source, paths, postgres, server, stamps
from .process import alive, run
from .ui import HubError

# The apps the suite stands on; what the add-ons' manifests ask for comes on top.
BASE_MODULES = {
    "sale_management",
    "sale_stock",
    "purchase_stock",
    "mrp",
    "sale_mrp",
    "portal",
}
# The first is the default of new users.
LANGUAGES = "en_US,zh_CN"
LAYOUT = 2


# -- single databases -----------------------------------------------------------


def _filestore(name: str) -> Path:
    return paths.DATA_DIR / "filestore" / name


def drop(name: str) -> None:
    """Drop a database, whoever is connected, and its file store."""
    command = [postgres.client("dropdb"), "--if-exists", "--force", name]
    run(command, f"dropping the database {name}", env=postgres.client_env())
    shutil.rmtree(_filestore(name), ignore_errors=True)


def create(name: str, template: str = "template0") -> None:
    """Create a database, as a copy of another one or empty."""
    command = [postgres.client("createdb"), "-T", template, name]
    if template == "template0":
        command += ["-E", "UTF8", "--lc-collate=C"]
    run(command, f"creating the database {name}", env=postgres.client_env())
    source = _filestore(template)
    if source.exists():
        shutil.rmtree(_filestore(name), ignore_errors=True)
        shutil.copytree(source, _filestore(name), copy_function=_link)


def _link(source: str, target: str) -> None:
    """Files of the store are named by their contents and never change."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def rename(old: str, new: str) -> None:
    postgres.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
    if _filestore(old).exists():
        shutil.rmtree(_filestore(new), ignore_errors=True)
        os.replace(_filestore(old), _filestore(new))


# -- templates --------------------------------------------------------------------


def base_modules() -> list:
    """Everything our add-ons stand on that is not ours."""
    manifests = odoo.manifests()
    wanted = {name for each in manifests.values() for name in each.get("depends", [])}
    return sorted((wanted | BASE_MODULES) - set(manifests))


def base_key() -> str:
    return stamps.digest(odoo_source.version(), base_modules(), LANGUAGES, LAYOUT)


def addons_key() -> str:
    return stamps.digest(base_key(), odoo.addons_key(), odoo.scripts_key())


def _prefix() -> str:
    """On a server that other clones may share, names carry this clone's."""
    return f"hub_{paths.project_id()[:6]}" if postgres.is_external() else "hub"


def _template(kind: str, key: str, build) -> str:
    """The name of a template; built now if there is none of this key."""
    name, draft = f"{_prefix()}_{kind}_{key}", f"{_prefix()}_{kind}_draft"
    stamp = stamps.read(f"template_{kind}")
    existing = postgres.databases()
    if stamp.get("key") == key and name in existing:
        return name
    stamps.remove(f"template_{kind}")
    for old in {stamp.get("name", ""), name, draft} & existing:
        drop(old)
    build(draft)
    rename(draft, name)
    stamps.write(f"template_{kind}", key, name=name)
    return name


def base_template() -> str:
    """Odoo's apps without demo data."""

    def build(draft: str) -> None:
        create(draft)
        odoo.install(
            draft,
            "installing Odoo's apps",
            *("-i", ",".join(base_modules()), f"--load-language={LANGUAGES}"),
            log=paths.LOGS / "install-base.log",
        )
        _stay_inside(draft)

    return _template("base", base_key(), build)


def _stay_inside(name: str) -> None:
    """No calls to the outside from a development database."""
    odoo.script(
        name,
        "stay_inside.py",
        "preparing the database",
        log=paths.LOGS / "prepare.log",
    )


def test_template(*, assets: bool = True) -> str:
    """The apps and our add-ons, without demo data.

    :param assets: have the web bundles in it, which only browser tests need
    """
    if os.environ.get("FAST") not in (None, "", "0"):
        name = stamps.read("template_test").get("name")
        if name in postgres.databases():
            return name

    def build(draft: str) -> None:
        create(draft, base_template())
        odoo.install(
            draft,
            "installing the add-ons",
            *("-i", ",".join(odoo.manifests())),
            log=paths.LOGS / "install-addons.log",
        )

    name = _template("test", addons_key(), build)
    if assets:
        ensure_assets("test", name)
    return name


def ensure_assets(kind: str, name: str) -> None:
    """Make the web bundles in a template, again when our files changed."""
    key = stamps.digest(name, odoo.static_key())
    if stamps.done(f"assets_{kind}", key):
        return
    unit_tests = next(paths.ADDONS.glob("*/static/tests/**/*.test.js"), None)
    odoo.script(
        name,
        "pregenerate_assets.py",
        "making the web bundles",
        log=paths.LOGS / "assets.log",
        ORDER_HUB_UNIT_TESTS="1" if unit_tests else "0",
    )
    stamps.write(f"assets_{kind}", key)


def _load_demo(name: str, log: Path) -> None:
    """Put our add-ons' demo data into a database, and let its jobs be done."""
    modules = ",".join(odoo.manifests())
    odoo.script(
        name,
        "load_demo.py",
        "loading the demo data",
        log=log,
        ORDER_HUB_MODULES=modules,
    )
    odoo.script(name, "work_jobs.py", "working off the demo data's jobs", log=log)


def demo_template() -> str:
    """The test template with our add-ons' demo data."""

    def build(draft: str) -> None:
        create(draft, test_template())
        _load_demo(draft, paths.LOGS / "install-demo.log")
        _stay_inside(draft)
        # The bundles came with the copy.
        name = draft.removesuffix("draft") + key
        stamps.write("assets_demo", stamps.digest(name, odoo.static_key()))

    key = addons_key()
    name = _template("demo", key, build)
    ensure_assets("demo", name)
    return name


# -- copies for one run --------------------------------------------------------------


def scratch_name(kind: str) -> str:
    return f"{_prefix()}_run_{os.getpid()}_{kind}"


def drop_scratch() -> None:
    """Drop this process's copies, and those of processes that died."""
    for name in postgres.databases():
        match = re.fullmatch(_prefix() + r"_run_(\d+)_\w+", name)
        if match and (int(match[1]) == os.getpid() or not alive(int(match[1]))):
            server.stop_leftover(name)
            drop(name)


def drop_all() -> None:
    """Drop what this clone made on a server of the user's; not ``make run``'s."""
    for name in postgres.databases():
        if name.startswith(_prefix() + "_"):
            drop(name)


# -- the database of ``make run`` ---------------------------------------------------


def working_name() -> str:
    return os.environ.get("DB") or "order_hub"


def ensure_working(*, fresh: bool = False) -> str:
    """The user's own database: made once, then updated when code changes."""
    name, key = working_name(), addons_key()
    stamp = f"database_{name}"
    exists = name in postgres.databases()
    if exists and postgres.is_external() and not stamps.read(stamp):
        raise HubError(
            f"the PostgreSQL server has a database {name} already that this clone did "
            "not make; choose another name with DB=…."
        )
    if fresh and exists:
        drop(name)
        exists = False
    if not exists:
        stamps.remove(stamp)
        create(name, demo_template())
        stamps.write(stamp, key)
    elif not stamps.done(stamp, key):
        update_working(name)
        stamps.write(stamp, key)
    return name


def update_working(name: str) -> None:
    """Bring an existing database to the add-ons' present code."""
    modules = ",".join(odoo.manifests())
    odoo.install(
        name,
        "updating the add-ons",
        *("-u", modules, "-i", modules),
        log=paths.LOGS / "update.log",
    )
    _load_demo(name, paths.LOGS / "update-demo.log")
