"""The register of assumptions: its pages in both languages, and the file that the doctor reads."""

import json
from pathlib import Path
from typing import Any

from texts import LANGUAGES, ReferenceMistakeError, bilingual, load

DOCTOR = Path("source_movidesk") / "doctor" / "assumptions.json"
PAGES = {"en": Path("docs") / "assumptions.md", "pt": Path("docs") / "pt-BR" / "assumptions.md"}
_WORDS = {
    "en": {
        "made": "<!-- Made from docs/reference/assumptions.yaml by `make docs`; do not edit. -->",
        "title": "What the connector assumes about the API",
        "intro": "Movidesk's documentation leaves questions open. Here is each answer that the connector relies on, "
        "why it does, the readings that are possible, and what happens under each. `movidesk-doctor` "
        "asks an account, by at most thirty requests at the quota, and writes nothing: "
        "`MOVIDESK_TOKEN=... movidesk-doctor`, or `make doctor`; in the image `docker run --rm -e MOVIDESK_TOKEN "
        "--entrypoint movidesk-doctor IMAGE`. With "
        "`--json FILE` it makes a file to attach to an issue, without any value of a record. `movidesk-doctor fields` "
        "lists the custom fields of the newest tickets as the setting `custom_fields`. *Verified* names the report "
        "that settled an answer.",
        "why": "Why it matters", "probe": "Probe", "untold": "Reading cannot tell", "verified": "Verified",
        "never": "never", "assumed": "assumed",
    },
    "pt": {
        "made": "<!-- Gerado a partir de docs/reference/assumptions.yaml por `make docs`; não edite. -->",
        "title": "O que o conector supõe sobre a API",
        "intro": "A documentação do Movidesk deixa perguntas em aberto. Aqui está cada resposta em que o conector se "
        "apoia, por que, as leituras possíveis e o que acontece em cada uma. O `movidesk-doctor` "
        "pergunta a uma conta, com no máximo trinta requisições dentro da cota, e não grava nada: "
        "`MOVIDESK_TOKEN=... movidesk-doctor`, ou `make doctor`; na imagem, `docker run --rm -e MOVIDESK_TOKEN "
        "--entrypoint movidesk-doctor IMAGE`. Com `--json FILE` ele gera um arquivo para anexar a uma issue, sem "
        "nenhum valor de registro. `movidesk-doctor fields` lista os campos adicionais dos tickets mais novos como a "
        "configuração `custom_fields`. *Verificado* cita o relatório que resolveu a resposta.",
        "why": "Por que importa", "probe": "Sonda", "untold": "A leitura não diz", "verified": "Verificado",
        "never": "nunca", "assumed": "suposto",
    },
}  # fmt: skip


def files(codes: dict[str, dict[str, Any]]) -> dict[Path, str]:
    """Return the pages and the doctor's file."""
    register = load("assumptions")
    entries = {name: _entry(name, entry) for name, entry in register.items() if "probe" in entry}
    lists = {name: [code for code in codes[name] if isinstance(code, int)] for name in _CODES}
    doctor = json.dumps({"assumptions": entries, "codes": lists}, ensure_ascii=False, indent=1) + "\n"
    return {DOCTOR: doctor} | {PAGES[language]: _page(register, language) for language in LANGUAGES}


_CODES = ("ticket_origin", "person_type", "profile_type")


def _entry(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    readings = {
        reading: {"seen": bool(text["seen"]), "then": bilingual(text, f"{name}.{reading}")}
        for reading, text in entry["readings"].items()
    }
    if sum(reading["seen"] for reading in readings.values()) != 1:
        raise ReferenceMistakeError(f"{name}: just one reading is the assumed one.")
    return {"assumption": bilingual(entry["assumption"], name), "probe": entry["probe"], "readings": readings}


def _page(register: dict[str, Any], language: str) -> str:
    words = _WORDS[language]
    lines = [words["made"], "", f"# {words['title']}", "", words["intro"]]
    for name, entry in register.items():
        lines += ["", f"## {bilingual(entry['assumption'], name)[language].rstrip('.')}", ""]
        lines += [f"{words['why']}: {bilingual(entry['why'], name)[language]}", ""]
        for reading, text in entry.get("readings", {}).items():
            mark = f" ({words['assumed']})" if text["seen"] else ""
            lines.append(f"- `{reading}`{mark}: {text[language]}")
        if "untold" in entry:
            lines.append(f"- {words['untold']}: {bilingual(entry['untold'], name)[language]}")
        told = f"{words['probe']}: `{name}`. " if "probe" in entry else ""
        verified = words["never"] if entry["verified"] == "never" else str(entry["verified"])
        lines += ["", f"{told}{words['verified']}: {verified}."]
    return "\n".join(lines) + "\n"
