-- Events of which no voucher may be made, with the first reason; nothing of their document is booked.
with
event as (select * from {{ ref('core_voucher_events') }}),

-- One row per combination: what its rule lacks, and which fields the accounts of its lines want.
verdict as (
    select
        combination,
        min(rule_code) as rule_code,
        min(case when reason is not null then account_role end) as account_role,
        min(reason) as reason,
        max(case when merge <> 'no_voucher' then 1 else 0 end) as books,
        {%- for name in ['partner', 'org_unit', 'employee', 'project'] %}
        max(case when concat(',', required_dimensions, ',') like '%,{{ name }},%' then 1 else 0 end) as wants_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('core_voucher_choices') }}
    group by combination
)

select
    event.source_id,
    event.event,
    event.document_entity,
    event.document_id,
    event.line_id,
    event.voucher_date,
    event.correction_no,
    event.combination,
    verdict.rule_code,
    verdict.account_role,
    case
        when event.reason is not null then event.reason
        when verdict.reason is not null then verdict.reason
        else 'missing_dimension'
    end as reason
from event
inner join verdict on event.combination = verdict.combination
where
    verdict.books = 1
    and (
        event.reason is not null
        or verdict.reason is not null
        {%- for name, column in {'partner': 'partner_code', 'org_unit': 'org_unit_code', 'employee': 'employee_code', 'project': 'project_code'}.items() %}
        or (verdict.wants_{{ name }} = 1 and event.{{ column }} is null)
        {%- endfor %}
    )
