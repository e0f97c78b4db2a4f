{{ movidesk.intervals('stg_movidesk__ticket_owner_histories', [
    'owner_id', 'owner_business_name', 'owner_team', 'changed_by_id', 'changed_by_business_name',
]) }}
