"""Odoo's own lint tests (its add-on test_lint), turned to our add-ons.

They find what neither ruff nor pylint can: incompatible overrides, inverse fields
without an index, parameters that clash with RPC, tests that are never imported.
They read the registry, so they need the add-ons' database.
"""

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

import odoo.tools

if not odoo.tools.config["db_name"]:
    pytest.skip("needs the add-ons' database", allow_module_level=True)

from odoo.modules import Manifest
from odoo.modules.module import initialize_sys_path

initialize_sys_path()

from odoo.addons.test_lint.tests import (
    test_docstring,
    test_index,
    test_override_signatures,
    test_pofile,
    test_pylint,
)
from odoo.addons.test_lint.tests.test_dunderinit import TestDunderinit
from odoo.addons.test_lint.tests.test_i18n import TestI18n
from odoo.addons.test_lint.tests.test_jstranslate import (
    TestJsTranslations,
)
from odoo.addons.test_lint.tests.test_manifests import ManifestLinter
from odoo.addons.test_lint.tests.test_naming import TestNaming
from odoo.addons.test_lint.tests.test_onchange_domains import (
    TestOnchangeDomains,
)
from odoo.addons.test_lint.tests.test_orm_import import (
    TestDunderinit as TestOrmImport,
)
from odoo.addons.test_lint.tests.test_routes import RoutesLinter
from odoo.addons.test_lint.tests.test_test_holes import TestTestHoles

PotLinter = test_pofile.PotLinter
TestPyLint = test_pylint.TestPyLint
ADDONS = Path(__file__).resolve().parents[1] / "addons"
#: Add-ons of others in the registry: not ours to mend.
OTHERS = ("queue_job",)


class OursOnly:
    """Leave out what these tests say about the add-ons of others."""

    def subTest(self, *args, **params):
        if params.get("module") in OTHERS:
            return contextlib.suppress(Exception)
        return super().subTest(*args, **params)


class TestDocstring(OursOnly, test_docstring.TestDocstring):
    pass


class TestLintOverrideSignatures(
    OursOnly, test_override_signatures.TestLintOverrideSignatures
):
    pass


class TestIndex(test_index.TestIndex):
    def fail(self, msg=None):
        """Fail where a field of ours is named."""
        others = tuple(f"{name.partition('_')[0]}." for name in OTHERS)
        rows = [row for row in (msg or "").splitlines() if "(inverse of " in row]
        if any(not row.startswith(others) for row in rows):
            super().fail(msg)


def _run_on_our_addons(command, **options):
    """``subprocess.run`` of pylint, but not on Odoo's own folder.

    Comments may name checks of OCA's plugin, which is not loaded here.
    """
    core = odoo.tools.config.root_path
    command = [part for part in command if part != core]
    command.append("--disable=unknown-option-value")
    return subprocess.run(command, check=False, **options)


@pytest.fixture(scope="module", autouse=True)
def only_our_addons():
    """Show the tests our add-ons alone: Odoo's own are not ours to mend."""
    ours = [
        manifest
        for manifest in Manifest.all_addon_manifests()
        if Path(manifest.path).is_relative_to(ADDONS)
    ]
    pylint = shutil.which("pylint", path=str(Path(sys.executable).parent))
    with (
        mock.patch.object(Manifest, "all_addon_manifests", lambda: ours),
        mock.patch.object(test_pofile, "get_modules", lambda: [m.name for m in ours]),
        mock.patch.object(test_pylint, "which", lambda _name: pylint),
        mock.patch.object(
            test_pylint,
            "subprocess",
            mock.Mock(wraps=subprocess, run=_run_on_our_addons),
        ),
    ):
        yield
