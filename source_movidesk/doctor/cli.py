"""The command line of `movidesk-doctor`.

The token stands in `MOVIDESK_TOKEN` or in the connector's config file: an argument could be read by everybody on the
machine.
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.config import given_settings, validate_config
from source_movidesk.components.limits.clock import clock_for
from source_movidesk.doctor import fields, report
from source_movidesk.doctor.account import Account
from source_movidesk.doctor.examination import examine
from source_movidesk.doctor.waiting import told
from source_movidesk.files import NotJsonError, read_json
from source_movidesk.output import MaskedOutput


def main(arguments: Sequence[str] | None = None) -> None:
    """Examine an account, or list its custom fields; exit code 1 where that was not possible."""
    options = _options(arguments)
    outputs = MaskedOutput(sys.stdout), MaskedOutput(sys.stderr)
    # The token is masked in whatever is printed, by libraries too.
    sys.stdout, sys.stderr = outputs
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s", force=True)
    # Its line about a wait comes once a minute, and in English; `told` says more.
    logging.getLogger("airbyte").setLevel(logging.WARNING)
    try:
        config = _config(options)
        for output in outputs:
            output.mask(str(config["token"]))
        validate_config(config)
        clock = clock_for(config)
        account = Account(config, clock)
        with told(account, options.lang):
            if options.what == "fields":
                print(fields.listed(account, options.lang, show_values=options.show_values))
                return
            found = examine(config, clock, account=account)
        print(report.table(found, options.lang))
        if options.json:
            Path(options.json).write_text(report.as_json(found), encoding="utf-8")
    except AirbyteTracedException as error:
        sys.exit(f"{error.message}")
    except (NotJsonError, OSError) as error:
        sys.exit(f"{options.config or options.json}: {error}")


def _config(options: argparse.Namespace) -> dict[str, Any]:
    config = given_settings(read_json(options.config)) if options.config else {}
    if token := os.environ.get("MOVIDESK_TOKEN"):
        config["token"] = token.strip()
    # As for make sync and make verify: the key of another address must not go to Movidesk.
    if address := options.api_url or os.environ.get("MOVIDESK_API_URL", "").strip():
        config["api_url"] = address
    return {"token": "", **config}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    language = os.environ.get("MOVIDESK_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    parser = argparse.ArgumentParser(
        prog="movidesk-doctor",
        description="Tells which readings of Movidesk's API hold for an account, by at most thirty requests. The token "
        "is taken from MOVIDESK_TOKEN or the config file. | Diz, com no máximo trinta requisições, como a API do "
        "Movidesk se comporta numa conta. A chave vem de MOVIDESK_TOKEN ou do arquivo de configuração.",
    )
    parser.add_argument("what", nargs="?", choices=["examine", "fields"], default="examine")
    parser.add_argument("--config", help="config file of the connector | arquivo de configuração do conector")
    parser.add_argument("--api-url", help="another address of the API | outro endereço da API")
    parser.add_argument("--lang", choices=["en", "pt"], default="pt" if language.startswith("pt") else "en")
    parser.add_argument(
        "--json", metavar="FILE", help="write the report without values | grava o relatório sem valores"
    )
    parser.add_argument("--show-values", action="store_true", help="fields: show examples | fields: mostra exemplos")
    return parser.parse_args(arguments)
