{#- Each source as an empty table, for those who run the compiled SQL without having synced all. -#}
{%- for source in (graph.sources.values() | sort(attribute='name') if execute else []) %}
CREATE TABLE IF NOT EXISTS raw.{{ source.name }} (
    {%- for name, column in source.columns.items() %}
    {{ movidesk.raw_name(name) }} {{ movidesk.type_of(column.config.meta.kind) }},
    {%- endfor %}
    {{ movidesk.raw_name('_airbyte_raw_id') }} {{ movidesk.type_of('text') }},
    {{ movidesk.raw_name('_airbyte_extracted_at') }} {{ movidesk.type_of('moment') }}
);
{% endfor %}
