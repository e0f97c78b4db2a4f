"""Draw the README's picture, docs/images/demo.svg or that of the Portuguese one, from what the demo prints.

`make picture` draws both. The demo's output comes on stdin and is shown as a terminal does, long parts cut at `…`.
Nothing is added to it.
"""

import sys
from html import escape
from pathlib import Path

PICTURES = Path(__file__).with_name("images")
# How the line begins that tells that all is there, the sign that the output is whole.
END = ("Compared with", "Comparado com")
TITLES = {"demo.svg": "What make demo prints", "demo.pt-BR.svg": "O que o make demo mostra"}
WIDTH, LINE, LEFT, TOP = 880, 19, 22, 58
# The head and the end of the progress, the lines of a table, the questions: what a screen holds.
BEGIN, PROGRESS, ROWS, QUESTIONS = 2, 5, 6, 1
STYLE = """
    .window { fill: #14181f } .bar { fill: #232a35 } .name { fill: #9aa5b1; font: 13px sans-serif }
    text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace }
    text { white-space: pre; fill: #c8d1dc }
    .command { fill: #7ee787 } .title { fill: #79c0ff } .faint { fill: #8b97a5 } .good { fill: #7ee787 }
"""


def shortened(lines: list[str], head: int, tail: int = 0) -> list[str]:
    """Return the first and last lines, with `…` where some are left out."""
    if len(lines) <= head + tail + 1:
        return lines
    return [*lines[:head], "  …", *lines[len(lines) - tail :]]


def screen(output: str) -> list[tuple[str, str]]:
    """Return the lines to show with their class."""
    shown, questions = [("command", "$ make demo")], 0
    paragraphs = [paragraph.split("\n") for paragraph in output.strip("\n").split("\n\n")]
    for number, lines in enumerate(paragraphs):
        is_table = len(lines) > 1 and lines[1].startswith("  ---")
        is_question = lines[-1].startswith("(movidesk__")
        questions += is_question
        if questions > QUESTIONS and (is_table or is_question):
            continue
        if number == 0:
            lines = shortened(lines, BEGIN, PROGRESS)
        elif is_table:
            lines = shortened(lines, ROWS + 2)
        kind = "title" if is_question else "good" if lines[0].startswith(END) else "text"
        for line in lines:
            faint = line.startswith("(") or line.strip() == "…" or (is_table and line in lines[:2])
            shown.append(("faint" if faint else kind, line))
        shown.append(("text", ""))
    return shown[:-1]


def svg(lines: list[tuple[str, str]], title: str) -> str:
    """Return the picture."""
    height = TOP + LINE * len(lines)
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'  # ignore-https-check
    title = f"<title>{title}</title>"
    frame = (
        f'<rect class="window" width="{WIDTH}" height="{height}" rx="10"/>'
        f'<path class="bar" d="M0 34V10A10 10 0 0 1 10 0H{WIDTH - 10}A10 10 0 0 1 {WIDTH} 10V34Z"/>'
        + "".join(
            f'<circle cx="{x}" cy="17" r="6" fill="{color}"/>'
            for x, color in zip((22, 42, 62), ("#ff5f57", "#febc2e", "#28c840"), strict=True)
        )
        + f'<text class="name" x="{WIDTH // 2}" y="22" text-anchor="middle">source-movidesk</text>'
    )
    texts = [
        f'<text class="{kind}" x="{LEFT}" y="{TOP + LINE * number}" xml:space="preserve">{escape(line)}</text>'
        for number, (kind, line) in enumerate(lines)
        if line
    ]
    return "\n".join([head, title, f"<style>{STYLE}</style>", frame, *texts, "</svg>\n"])


if __name__ == "__main__":
    name = sys.argv[1] if sys.argv[1:] else "demo.svg"
    output = sys.stdin.read()
    if not any(f"\n{end}" in output for end in END):
        sys.exit("The demo's whole output is needed on stdin: make picture")
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / name).write_text(svg(screen(output), TITLES[name]), encoding="utf-8")
    print(f"{name}: {(PICTURES / name).stat().st_size:,} bytes")
