-- By what a thing is found: its number, its id, and as the earlier end of a link by the later one. Stored in the order of
-- search_key, so that a look-up reads a few rows of however many.
with
thing as (select * from {{ ref('trace_things') }})

select
    {{ lookup_key('thing_no') }} as search_key,
    thing_key
from thing
union all
select
    {{ lookup_key('thing_id') }} as search_key,
    thing_key
from thing
where thing_id <> thing_no
union all
select
    to_key as search_key,
    from_key as thing_key
from {{ ref('trace_links') }}
order by search_key
