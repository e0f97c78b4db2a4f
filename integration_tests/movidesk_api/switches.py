"""The open questions about the API as switches, so that every test can run under either reading."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass
class Switches:
    # Lists
    """All switches with their defaults."""

    page_cap: int | None = 100
    over_cap: str = "cut"  # cut, 400, 500
    skip_limit: int | None = None  # a deeper $skip gives 500
    max_query_length: int | None = None  # a longer query string gives the web server's 404
    second_order_key: str = "honoured"  # honoured, ignored, refused
    comparison_digits: int | None = None  # so many digits of a second take part in comparisons, the order has all
    comparison_cut: str = "both"  # both: literal and stored moment lose the rest; literal: that one alone
    # Tickets
    ids_as_strings: bool = False
    negative_ids: str = "shown"  # shown, hidden
    default_order: str = "scattered"  # scattered, id, lastUpdate (the newest first)
    hidden_after_top: list[int] = field(default_factory=list)  # lists count these ids for `$top`, then leave them out
    fat_page_rows: int | None = None  # a page of more rows with any $expand silently lacks each 20th row
    list_actions_limit: int | None = None  # lists bring the first so many actions of a ticket
    html_in_lists: str = "400"  # 400, null: what an htmlDescription gives that is selected in a list
    canceled_in: str = "date"  # date, boolean
    item_ids: str = "text"  # text, number: personId and clientId of custom fields
    empty_service: str = "null"  # null, list: serviceFull of a ticket without a service
    empty_dates: str = "0001"  # 0001, null: how the dates look that were never set
    past: str = "overlap"  # overlap, older, nightly, error
    past_lags: bool = False  # past keeps the versions of last midnight; copied when the switch is set
    old_by_id: str = "404"  # 404, found
    deleted_without_flag: str = "hidden"  # hidden, shown
    past_deleted_flag: str = "honoured"  # honoured, ignored, refused
    recent_deleted_flag: str = "honoured"  # honoured, ignored, refused: on `/tickets`
    missing_by_id: str = "404"  # 404, 410, empty, list, object
    replication_delay_minutes: float = 0
    fraction_digits: int | None = None  # setting it shortens the moments of the tickets as they are stored
    zone_suffix: str = ""  # "", Z, +00:00, mixed
    corrupt_ticket_id: int | None = None
    heavy_rows: int | None = None  # a page of more rows with any $expand fails with `heavy_status`
    heavy_parts: dict[str, list[str]] = field(
        default_factory=dict
    )  # ticket id: expands that fail, "*" all, "id" even it
    # 500, 502, 503, 504, 522, 524, 408, 413; timeout (504 after `heavy_timeout_seconds`), reset, cut (half a body)
    heavy_status: str = "500"
    heavy_timeout_seconds: float = 3.0  # real ones
    owner_address: bool = True
    expense_created_by: str = "object"  # object, string
    expense_team: str = "object"  # object, string
    refuse_unverified_expands: bool = False
    ignore_unverified_expands: bool = False  # taken without complaint, and absent from the rows
    undocumented_selectable: bool = False
    # Failures
    wrong_token: str = "401"  # 401, 403, 400
    wrong_token_body: str = "json"  # json, html, empty
    error_body: str = "message"  # message, Message, array, string, html, empty
    quota_per_minute: int | None = None
    quota_hours: str = "always"  # always, day: from 07:01 to 18:59 in Brasília
    lockout: bool = True
    lockout_scale: float = 1.0
    renew_block: bool = True  # a request inside the block starts it again
    success_resets_failures: bool = True
    retry_after: str = "seconds"  # seconds, date, none
    quota_retry_after: str = "told"  # told (as `retry_after` says), none: on a plain over-limit
    html_on_200: str | None = None  # part of a path
    empty_on_200: str | None = None  # part of a path
    repeat_page: str | None = None  # part of a path: its first page with rows comes for ever
    # Time
    latency_ms: float = 0  # real ones, for every answer; requests don't wait for each other
    date_header: str = "clock"  # clock, none
    clock_skew_seconds: float = 0  # of the Date header alone
    # Other routes
    persons_asset_id: str = "id"  # id, Id
    persons_select_required: bool = False
    persons_id_filter: str = "400"  # 400, accepted
    persons_date_filter: str = "accepted"  # accepted, 400
    persons_skip_limit: int | None = None  # a deeper $skip gives 500 on people alone
    corrupt_person_id: str | None = None  # a page that holds this person gives 500
    time_agreement_by_name: str = "object"  # object, array
    consumption_single: str = "object"  # object, array
    merged_last_update: str = "blank"  # blank, iso
    merged_empty: str = "404"  # 404, list
    merged_window_days_limit: int | None = None
    merged_end: str = "day"  # day, midnight: what endDate includes, that whole day or only its first moment
    merged_key: str = "ticketId"  # ticketId, id: the survivor's property
    merged_count: str = "all"  # all, page: what `count` counts
    survey_order: str = "scattered"  # scattered, oldest, newest (first)
    survey_bounds: str = "strict"  # strict, inclusive
    consumption_ids: str = "text"  # text, number: id and ticketNumber
    kb_date_filter: str = "honoured"  # honoured, ignored, 400
    kb_order: str = "scattered"  # scattered, updated (the oldest first: an edit moves an article to the end)
    kb_total: str = "all"  # all, page: what `totalSize` counts
    kb_page_cap: int | None = None  # pages have no more rows, though `pageSize` echoes what was asked
    # Things to come
    new_keys: bool = False
    new_enum_numbers: bool = False
    case_twins: bool = False  # beside each lastUpdate stands a LASTUPDATE, something else

    def change(self, values: dict[str, Any]) -> None:
        """Set some switches; unknown names and values are refused."""
        unknown = set(values) - {each.name for each in fields(self)}
        if unknown:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            allowed = _ALLOWED.get(name)
            if allowed and value not in allowed:
                raise ValueError(f"{name} is one of {', '.join(map(repr, allowed))}")
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """Show all switches."""
        return asdict(self)


_ALLOWED: dict[str, tuple[str, ...]] = {
    "over_cap": ("cut", "400", "500"),
    "past": ("overlap", "older", "nightly", "error"),
    "old_by_id": ("404", "found"),
    "deleted_without_flag": ("hidden", "shown"),
    "second_order_key": ("honoured", "ignored", "refused"),
    "comparison_cut": ("both", "literal"),
    "negative_ids": ("shown", "hidden"),
    "default_order": ("scattered", "id", "lastUpdate"),
    "html_in_lists": ("400", "null"),
    "canceled_in": ("date", "boolean"),
    "item_ids": ("text", "number"),
    "empty_service": ("null", "list"),
    "empty_dates": ("0001", "null"),
    "past_deleted_flag": ("honoured", "ignored", "refused"),
    "recent_deleted_flag": ("honoured", "ignored", "refused"),
    "missing_by_id": ("404", "410", "empty", "list", "object"),
    "zone_suffix": ("", "Z", "+00:00", "mixed"),
    "expense_created_by": ("object", "string"),
    "expense_team": ("object", "string"),
    "wrong_token": ("401", "403", "400"),
    "wrong_token_body": ("json", "html", "empty"),
    "heavy_status": ("500", "502", "503", "504", "522", "524", "408", "413", "timeout", "reset", "cut"),
    "quota_hours": ("always", "day"),
    "date_header": ("clock", "none"),
    "error_body": ("message", "Message", "array", "string", "html", "empty"),
    "quota_retry_after": ("told", "none"),
    "retry_after": ("seconds", "date", "none"),
    "persons_asset_id": ("id", "Id"),
    "persons_id_filter": ("400", "accepted"),
    "persons_date_filter": ("accepted", "400"),
    "time_agreement_by_name": ("object", "array"),
    "consumption_single": ("object", "array"),
    "merged_last_update": ("blank", "iso"),
    "merged_empty": ("404", "list"),
    "merged_end": ("day", "midnight"),
    "merged_key": ("ticketId", "id"),
    "merged_count": ("all", "page"),
    "survey_order": ("scattered", "oldest", "newest"),
    "survey_bounds": ("strict", "inclusive"),
    "consumption_ids": ("text", "number"),
    "kb_date_filter": ("honoured", "ignored", "400"),
    "kb_order": ("scattered", "updated"),
    "kb_total": ("all", "page"),
}
