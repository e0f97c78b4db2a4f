-- Whatever an entry of hours is shared over, its shares make one. (All: each client has the whole.)
select kind, ticket_id, action_id, entry_id, sum(share) as shares, count(*) as clients
from {{ ref('movidesk__hours') }}
group by kind, ticket_id, action_id, entry_id
having abs(sum(share) - {{ 'count(*)' if var('movidesk_client') == 'all' else '1' }}) > 0.000001
