"""The package as a whole: its types, its style, its README, its notebook."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent
NOTEBOOK = PACKAGE.parent / "examples" / "bristol.ipynb"


def ran(*command: str, cwd: Path = PACKAGE) -> None:
    made = subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_stubs_say_what_the_compiled_module_does(tmp_path: Path) -> None:
    ran("mypy.stubtest", "sms._sms", "--mypy-config-file", str(PACKAGE / "pyproject.toml"), cwd=tmp_path)


def test_the_package_and_its_tests_are_strictly_typed(tmp_path: Path) -> None:
    ran(
        "mypy",
        "--config-file",
        str(PACKAGE / "pyproject.toml"),
        "--cache-dir",
        str(tmp_path),
        str(PACKAGE / "python" / "sms"),
    )
    ran("mypy", "--config-file", str(PACKAGE / "pyproject.toml"), "--cache-dir", str(tmp_path), str(HERE), cwd=tmp_path)


def test_the_style_is_kept() -> None:
    ran("ruff", "check", "--no-cache", ".")


def test_the_package_says_that_it_is_typed_and_brings_no_test() -> None:
    spec = importlib.util.find_spec("sms")
    assert spec is not None and spec.origin is not None
    installed = Path(spec.origin).parent
    names = {p.name for p in installed.iterdir()}
    assert {"py.typed", "_sms.pyi", "__init__.py"} <= names and "tests" not in names


def test_readme_blocks_run(tmp_path: Path) -> None:
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.S | re.M)
    assert len(blocks) >= 6
    # one after the other, as a reader would
    script = tmp_path / "readme.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    made = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "points" in made.stdout


def test_the_notebook_runs_and_is_kept_without_outputs() -> None:
    raw = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in raw["cells"] if cell["cell_type"] == "code"]
    assert code and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    notebook = nbformat.reads(json.dumps(raw), as_version=4)
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    )
    client.execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("text/html" in output.get("data", {}) for output in shown)
    assert not any(output.output_type == "error" for output in shown)
