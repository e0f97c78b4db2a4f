"""The notebook runs from top to bottom, on the stand-in and as with one's own account, and shows nothing private."""

import re
import subprocess
from importlib.util import find_spec

import duckdb
import pytest

if not all(find_spec(package) for package in ("airbyte", "nbclient", "matplotlib")):
    pytest.skip("the notebook's packages are not installed", allow_module_level=True)

import nbformat
from nbclient.exceptions import CellExecutionError

from examples import notebook
from examples.notebook import NOTEBOOK, execute

pytestmark = pytest.mark.slow

PICTURES = 9
TITLES = (
    "Tickets abertos e resolvidos por semana",
    "Tickets em aberto por idade",
    "por equipe, agente, categoria e canal",
    "frente ao SLA",
    "Horas por status",
    "Satisfação",
    "Horas apontadas por cliente",
    "campo adicional numérico",
    "campo adicional com nome e tipo",
)


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    for name in ("CONTA", "TOKEN", "START_DATE", "API_URL", "REQUESTS_PER_MINUTE"):
        monkeypatch.delenv(f"MOVIDESK_{name}", raising=False)
    monkeypatch.setenv("MOVIDESK_DATABASE", str(tmp_path / "try.duckdb"))
    return tmp_path / "try.duckdb"


def pictures(executed):
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    return [output for output in outputs if "image/png" in output.get("data", {})]


def shown(notebook):
    """All text that cells gave out."""
    texts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            texts.append(output.get("text", ""))
            texts += [str(value) for kind, value in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(texts)


def assert_fit_to_publish(notebook):
    assert not re.search(r"(^|\W)/(tmp|home|root|usr|opt|Users|work|var)/|site-packages|[A-Z]:\\", shown(notebook))
    assert not re.search(r"warning|traceback|\[\d+m|token=|[0-9a-f]{8}-[0-9a-f]{4}-4", shown(notebook), re.IGNORECASE)


def test_it_runs_on_the_stand_in(surroundings):
    notebook = execute()
    assert len(pictures(notebook)) == PICTURES
    assert_fit_to_publish(notebook)
    assert re.search(r"^ +\d+ s  \S", shown(notebook), re.MULTILINE), "no progress was shown"
    assert "Colunas mapeadas: valor_do_contrato DECIMAL" in shown(notebook)
    with duckdb.connect(str(surroundings), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM movidesk__tickets").fetchone() == (2000,)
        # The exact numbers, as beside the raw texts; and where a type is given, "00012" is one too.
        (mapped,) = connection.execute("SELECT sum(valor_do_contrato) FROM raw.ticket_custom_fields").fetchone()
        query = (
            "SELECT sum(valueNumber), sum(CASE WHEN value LIKE '00%' THEN value::BIGINT END) "
            "FROM raw.ticket_custom_field_values WHERE customFieldId = 100009"
        )
        numbers, with_zeros = connection.execute(query).fetchone()
        assert mapped == numbers + with_zeros > numbers > 0


def test_it_runs_on_an_account_of_ones_own(api, surroundings, monkeypatch):
    """This one has no tickets: nothing to show is no error."""
    api.reset(tickets=0, seed=7)
    settings = {"CONTA": "minha", "TOKEN": api.token, "API_URL": api.url, "REQUESTS_PER_MINUTE": "6000"}
    for name, value in settings.items():
        monkeypatch.setenv(f"MOVIDESK_{name}", value)
    notebook = execute()
    assert api.token not in shown(notebook)
    assert_fit_to_publish(notebook)
    assert "Nenhuma resposta de pesquisa" in shown(notebook)
    assert "Nenhum campo adicional tem números" in shown(notebook)
    assert "Nenhum ticket tem o campo valor_do_contrato" in shown(notebook)
    with duckdb.connect(str(surroundings), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM movidesk__tickets").fetchone() == (0,)


def test_nothing_but_how_far_it_is_stands_in_the_terminal(tmp_path, capfd):
    small = tmp_path / "small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]), small)
    assert execute(small).cells[0].outputs[0].data["text/plain"] == "2"
    assert capfd.readouterr() == ("", "")


def test_it_asks_for_the_token_and_never_waits_where_nobody_can_answer(monkeypatch):
    monkeypatch.setenv("MOVIDESK_CONTA", "minha")
    with pytest.raises(CellExecutionError, match="StdinNotImplementedError"):
        execute()


def test_the_copy_of_ones_own_account_is_not_the_example(monkeypatch):
    assert notebook.target() == NOTEBOOK
    monkeypatch.setenv("MOVIDESK_CONTA", "minha")
    assert notebook.target() == NOTEBOOK.parent.parent / "data" / NOTEBOOK.name
    ignored = subprocess.run(["git", "check-ignore", "--quiet", str(notebook.target())], cwd=NOTEBOOK.parent)
    assert ignored.returncode == 0, "a copy with private data could be committed"


def test_writing_the_copy_leaves_the_example_alone(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("MOVIDESK_CONTA", "minha")
    monkeypatch.setattr(notebook, "OWN", tmp_path / "data" / "own.ipynb")
    before = NOTEBOOK.read_bytes()
    monkeypatch.setattr(notebook, "execute", lambda: nbformat.read(NOTEBOOK, as_version=4))
    assert notebook.main() == 0
    assert (tmp_path / "data" / "own.ipynb").exists()
    assert NOTEBOOK.read_bytes() == before
    assert f"{PICTURES} pictures" in capsys.readouterr().out


def test_the_committed_notebook_has_its_output():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert len(pictures(notebook)) == PICTURES
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1)), "run it anew: make notebook"
    assert {output.output_type for cell in cells for output in cell.outputs} <= {
        "stream",
        "display_data",
        "execute_result",
    }
    assert_fit_to_publish(notebook)
    assert NOTEBOOK.stat().st_size < 1_000_000
    text = "\n".join(cell.source for cell in notebook.cells)
    for title in TITLES:
        assert title in text
    for cell in notebook.cells:
        assert set(cell.metadata) == set()
