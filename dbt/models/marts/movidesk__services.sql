-- The tree of services, each with its path from the root: up to eight levels, which is more than the screens allow.
{% set levels = 8 %}
select
    leaf.id as service_id,
    leaf.name as service,
    leaf.parent_service_id as parent_id,
    case
        {%- for up in range(levels - 1, 0, -1) %}
        when above{{ up }}.id is not null then {{ up + 1 }}
        {%- endfor %}
        else 1
    end as level,
    coalesce(
        {%- for up in range(levels - 1, 0, -1) %}
        above{{ up }}.name,
        {%- endfor %}
        leaf.name
    ) as root,
    {% for up in range(levels - 1, 0, -1) -%}
    coalesce(above{{ up }}.name || ' > ', '') ||
    {% endfor -%}
    leaf.name as path,
    not exists (
        select 1 from {{ ref('stg_movidesk__services') }} as child where child.parent_service_id = leaf.id
    ) as is_leaf,
    leaf.service_for_ticket_type,
    leaf.is_visible,
    leaf.default_category,
    leaf.default_urgency,
    coalesce(leaf.is_active, false) as is_active
from {{ ref('stg_movidesk__services') }} as leaf
{%- for up in range(1, levels) %}
left join {{ ref('stg_movidesk__services') }} as above{{ up }}
    on above{{ up }}.id = {{ 'leaf' if up == 1 else 'above' ~ (up - 1) }}.parent_service_id
{%- endfor %}
