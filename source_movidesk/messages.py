"""The order in which messages leave the source, and the sentence with which a failed sync ends.

Quirk: the CDK announces a stream as running before it has started it where another stream's reader emits for it, and
ends every failed sync with a config error that lists exceptions in their code form.
"""

from collections.abc import Iterable, Iterator, Mapping

from airbyte_cdk.models import AirbyteMessage, AirbyteStreamStatus, FailureType
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

# Names of incomplete streams in the closing sentence; each has its own status besides.
_SHOWN = 5


def statuses_in_order(messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
    """Put STARTED before RUNNING: a stream that a feed's reader emits for runs before the CDK starts it."""
    started: set[str] = set()
    for message in messages:
        status = message.trace.stream_status if message.trace else None
        if status:
            name = status.stream_descriptor.name
            if status.status == AirbyteStreamStatus.STARTED and name in started:
                continue
            if name not in started and status.status != AirbyteStreamStatus.STARTED:
                yield as_airbyte_message(status.stream_descriptor, AirbyteStreamStatus.STARTED)
            started.add(name)
        yield message


def closing_error(failures: Mapping[str, tuple[FailureType | None, list[str]]]) -> AirbyteTracedException:
    """Return the error of the whole sync: the streams' sentences, each once, and the type of the first."""
    sentences = " ".join(failures)
    streams = list(dict.fromkeys(name for _, names in failures.values() for name in names if name))
    shown = ", ".join(streams[:_SHOWN]) + (f" and {len(streams) - _SHOWN} more" if len(streams) > _SHOWN else "")
    return AirbyteTracedException(
        message=f"{sentences} Incomplete streams: {shown}.",
        internal_message="see the errors of the streams above",
        failure_type=next(iter(failures.values()))[0] or FailureType.system_error,
    )
