-- By the month of opening. A number that nobody lists has no date: it stands under the month of the number before it.
with dated as (
    select
        verdict,
        numbers,
        max({{ movidesk.month_of(movidesk.local_day('created_at')) }}) over (
            order by ticket_id rows between unbounded preceding and current row
        ) as month_so_far,
        {{ movidesk.month_of(movidesk.local_day('created_at')) }} as month
    from {{ ref('movidesk__completeness') }}
)

select
    coalesce(month, month_so_far) as month,
    sum(numbers) as numbers,
    sum(case when verdict = 'present' then numbers else 0 end) as present,
    sum(case when verdict = 'deleted' then numbers else 0 end) as deleted,
    sum(case when verdict = 'absorbed' then numbers else 0 end) as absorbed,
    sum(case when verdict = 'stale' then numbers else 0 end) as stale,
    sum(case when verdict = 'missing' then numbers else 0 end) as missing,
    sum(case when verdict = 'before the start date' then numbers else 0 end) as before_the_start_date,
    sum(case when verdict = 'no longer listed' then numbers else 0 end) as no_longer_listed,
    sum(case when verdict = 'listed by neither route' then numbers else 0 end) as listed_by_neither_route
from dated
group by 1
