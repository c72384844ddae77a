with
ledger as (select * from {{ united('ledgers') }}),

company as (select * from {{ ref('core_companies') }}),

chosen as (select * from {{ ref('stg_house__primary_ledgers') }}),

-- A ledger may be spread over several sources, such as a database for each year: what they have in common is the system,
-- the ledger's code and the code that the company has there. A source that names its company after itself tells no code.
placed as (
    select
        ledger.*,
        company.company_code as master_company_code,
        source.system,
        case when ledger.company_code = ledger.source_id then '*' else ledger.company_code end as book_code
    from ledger
    inner join company
        on ledger.source_id = company.source_id and ledger.company_code = company.source_company_code
    inner join {{ ref('core_sources') }} as source on ledger.source_id = source.source_id
),

counted as (
    select
        company_code,
        count(*) as ledgers
    from (
        select distinct
            master_company_code as company_code,
            system,
            ledger_code,
            book_code
        from placed
    ) as ledger_of_company
    group by company_code
),

-- A rule names a ledger by any one of the sources it is spread over.
ruled as (
    select
        chosen.company_code,
        min(placed.system) as system,
        min(placed.book_code) as book_code,
        min(chosen.ledger_code) as ledger_code
    from chosen
    left join placed
        on chosen.company_code = placed.master_company_code
        and chosen.source_id = placed.source_id
        and chosen.ledger_code = placed.ledger_code
    group by chosen.company_code
)

-- One primary ledger per company: the one a rule names, else the only one, else the one whose pack says so.
select
    placed.source_id,
    placed.ledger_code,
    placed.master_company_code as company_code,
    placed.company_code as source_company_code,
    placed.ledger_name,
    placed.lives_in,
    placed.ledger_kind,
    placed.accounting_standard,
    placed.chart_code,
    placed.currency_code,
    placed.system,
    placed.book_code,
    case
        when ruled.company_code is not null
            then coalesce(
                    ruled.system = placed.system and ruled.ledger_code = placed.ledger_code and ruled.book_code = placed.book_code,
                    false
                )
        when counted.ledgers = 1 then true
        else placed.is_primary
    end as is_primary,
    placed.changed_seq
from placed
inner join counted on placed.master_company_code = counted.company_code
left join ruled on placed.master_company_code = ruled.company_code
