-- The source's own statement lines, each with itself and every line above it (six levels).
with
line as (select * from {{ united('statement_types') }}),

above as (
    select
        own.source_id,
        own.chart_code,
        own.company_code,
        own.line_code,
        up1.line_code as up1,
        up2.line_code as up2,
        up3.line_code as up3,
        up4.line_code as up4,
        up5.line_code as up5
    from line as own
    left join line as up1
        on own.source_id = up1.source_id and own.company_code = up1.company_code and own.parent_line_code = up1.line_code
    left join line as up2
        on up1.source_id = up2.source_id and up1.company_code = up2.company_code and up1.parent_line_code = up2.line_code
    left join line as up3
        on up2.source_id = up3.source_id and up2.company_code = up3.company_code and up2.parent_line_code = up3.line_code
    left join line as up4
        on up3.source_id = up4.source_id and up3.company_code = up4.company_code and up3.parent_line_code = up4.line_code
    left join line as up5
        on up4.source_id = up5.source_id and up4.company_code = up5.company_code and up4.parent_line_code = up5.line_code
),

pairs as (
    select source_id, company_code, line_code, line_code as ancestor, 0 as distance from above
    union all
    select source_id, company_code, line_code, up1, 1 from above where up1 is not null
    union all
    select source_id, company_code, line_code, up2, 2 from above where up2 is not null
    union all
    select source_id, company_code, line_code, up3, 3 from above where up3 is not null
    union all
    select source_id, company_code, line_code, up4, 4 from above where up4 is not null
    union all
    select source_id, company_code, line_code, up5, 5 from above where up5 is not null
)

select
    pairs.source_id,
    company.company_code,
    pairs.company_code as source_company_code,
    pairs.line_code,
    pairs.ancestor as statement_line_code,
    target.line_name,
    target.parent_line_code,
    target.statement,
    target.sequence,
    coalesce(target.is_debit_positive, false) as is_debit_positive,
    pairs.distance
from pairs
inner join line as target
    on pairs.source_id = target.source_id
    and pairs.company_code = target.company_code
    and pairs.ancestor = target.line_code
inner join {{ ref('core_companies') }} as company
    on pairs.source_id = company.source_id and pairs.company_code = company.source_company_code
