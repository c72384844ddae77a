{% call conform('journal_lines') %}
with
line as (select * from {{ ref('sap_ledger_lines') }}),

voucher as (select * from {{ landed('sap', 'BKPF') }}),

project as (select * from {{ landed('sap', 'PRPS') }}),

factor as (select * from {{ ref('sap_rate_factors') }}),

-- What a material document is follows from its lines.
material_document as (
    select
        source_id,
        MANDT,
        MBLNR || MJAHR as reference_key,
        min(entity) as entity,
        min(document_id) as document_id,
        max(changed_seq) as changed_seq
    from {{ ref('sap_material_documents') }}
    group by source_id, MANDT, MBLNR || MJAHR
),

opening as (select * from {{ ref('sap_opening_balances') }}),

joined as (
    select
        line.*,
        project.POSID,
        factor.from_factor,
        factor.to_factor,
        material_document.entity as material_entity,
        material_document.document_id as material_document_id,
        try_cast(concat_ws('-', substr(line.ZFBDT, 1, 4), substr(line.ZFBDT, 5, 2), substr(line.ZFBDT, 7, 2)) as date) as base_date,
        -- The later of two documents that point at each other reverses the other.
        case
            when line.XREVERSAL = '2' then true
            when line.XREVERSAL = '1' then false
            else coalesce(
                line.CPUDT || line.CPUTM || line.GJAHR || line.BELNR
                > reversed.CPUDT || reversed.CPUTM || reversed.GJAHR || reversed.BELNR,
                false
            )
        end as is_reversal,
        greatest(
            line.changed_seq, reversed._bb_seq, project._bb_seq, factor.changed_seq, material_document.changed_seq
        ) as newest_seq
    from line
    left join voucher as reversed
        on line.source_id = reversed.source_id
        and line.MANDT = reversed.MANDT
        and line.BUKRS = reversed.BUKRS
        and line.STBLG = reversed.BELNR
        and line.STJAH = reversed.GJAHR
    left join project
        on line.source_id = project.source_id and line.MANDT = project.MANDT and line.PROJK = project.PSPNR
    left join factor
        on line.source_id = factor.source_id
        and line.MANDT = factor.MANDT
        and line.WAERS = factor.FCURR
        and line.base_currency_code = factor.TCURR
    left join material_document
        on line.source_id = material_document.source_id
        and line.MANDT = material_document.MANDT
        and case when line.AWTYP = 'MKPF' then trim(line.AWKEY) end = material_document.reference_key
)

select
    source_id,
    'FI' as ledger_code,
    voucher_id,
    line_id,
    BLART as voucher_word,
    regexp_replace(BELNR, '^0+', '') as voucher_no,
    regexp_replace(BUZEI, '^0+', '') as line_no,
    BUKRS as company_code,
    GJAHR as fiscal_year,
    MONAT as period_no,
    concat_ws('-', substr(BUDAT, 1, 4), substr(BUDAT, 5, 2), substr(BUDAT, 7, 2)) as posting_date,
    concat_ws('-', substr(BLDAT, 1, 4), substr(BLDAT, 5, 2), substr(BLDAT, 7, 2)) as document_date,
    regexp_replace(HKONT, '^0+', '') as account_code,
    coalesce(nullif(trim(SGTXT), ''), BKTXT) as summary,
    -- A negative posting lowers the other side instead of raising this one: red, negative in its own column.
    case
        when SHKZG = 'H' and XNEGP = 'X' then amount
        when SHKZG = 'H' or XNEGP = 'X' then 0
        else amount
    end as debit,
    case
        when SHKZG <> 'H' and XNEGP = 'X' then -amount
        when SHKZG <> 'H' or XNEGP = 'X' then 0
        else -amount
    end as credit,
    amount,
    WAERS as currency_code,
    case
        when WAERS = base_currency_code then 1
        when KURSF > 0 then {{ ratio(product('KURSF', 'coalesce(to_factor, 1)'), 'coalesce(from_factor, 1)') }}
        when KURSF < 0 then {{ ratio('coalesce(to_factor, 1)', product('-KURSF', 'coalesce(from_factor, 1)')) }}
    end as exchange_rate,
    currency_amount,
    case SHKZG when 'H' then -MENGE else MENGE end as quantity,
    MEINS as uom_code,
    case
        when KOART = 'D' then 'customer'
        when KOART = 'K' or coalesce(trim(LIFNR), '') <> '' then 'supplier'
        when coalesce(trim(KUNNR), '') <> '' then 'customer'
    end as partner_kind,
    regexp_replace(case
        when KOART = 'D' then KUNNR
        when KOART = 'K' or coalesce(trim(LIFNR), '') <> '' then LIFNR
        else KUNNR
    end, '^0+', '') as partner_code,
    regexp_replace(MATNR, '^0+', '') as item_code,
    regexp_replace(KOSTL, '^0+', '') as org_unit_code,
    POSID as project_code,
    case when coalesce(trim(HBKID), '') <> '' then BUKRS || '/' || HBKID || '/' || HKTID end as bank_account_code,
    MWSKZ as tax_code,
    ZUONR as settlement_no,
    {{ date_plus_days('base_date', 'net_days') }} as due_date,
    case when AUGBL is not null then BUKRS || '/' || AUGBL || '/' || substr(AUGDT, 1, 4) end as clearing_id,
    concat_ws('-', substr(AUGDT, 1, 4), substr(AUGDT, 5, 2), substr(AUGDT, 7, 2)) as cleared_on,
    case when BSTAT = 'Z' then 'void' when BSTAT in ('V', 'W') then 'draft' else 'posted' end as status,
    coalesce(XNEGP, '') = 'X' as is_red,
    case when is_reversal then BUKRS || '/' || STBLG || '/' || STJAH end as reverses_voucher_id,
    case
        when AWTYP in ('RMRP', 'VBRK', 'MKPF') then 'document'
        when TCODE in ('F.05', 'FAGL_FC_VAL', 'FAGL_FCV', 'FAGL_FC_VALUATION') then 'revaluation'
        when TCODE in ('FBS1', 'F.14', 'FBD1') or AWTYP in ('AMBU', 'AMDP') then 'accrual'
        else 'manual'
    end as entry_kind,
    case when AWTYP in ('RMRP', 'VBRK', 'MKPF') then source_id end as origin_system,
    case AWTYP when 'RMRP' then 'purchase_invoices' when 'VBRK' then 'sales_invoices' when 'MKPF' then material_entity end
        as origin_entity,
    case AWTYP
        when 'RMRP' then substr(AWKEY, 1, 10) || '/' || substr(AWKEY, 11, 4)
        when 'VBRK' then trim(AWKEY)
        when 'MKPF' then material_document_id
    end as origin_document_id,
    case
        when AWTYP in ('RMRP', 'MKPF') then regexp_replace(substr(AWKEY, 1, 10), '^0+', '')
        when AWTYP = 'VBRK' then regexp_replace(trim(AWKEY), '^0+', '')
    end as origin_document_no,
    coalesce(nullif(trim(PPNAM), ''), USNAM) as prepared_by,
    case when BSTAT not in ('V', 'W', 'Z') then USNAM end as posted_by,
    concat_ws('-', substr(CPUDT, 1, 4), substr(CPUDT, 5, 2), substr(CPUDT, 7, 2)) || ' '
    || concat_ws(':', substr(CPUTM, 1, 2), substr(CPUTM, 3, 2), substr(CPUTM, 5, 2)) as created_at,
    newest_seq as changed_seq
from joined
union all
select
    source_id,
    'FI',
    BUKRS || '/opening/' || fiscal_year,
    BUKRS || '/opening/' || fiscal_year || '/' || account_code,
    cast(null as varchar),
    'opening',
    cast(line_no as varchar),
    BUKRS,
    fiscal_year,
    '0',
    fiscal_year || '-01-01',
    cast(null as varchar),
    account_code,
    '期初余额',
    case when opening_amount > 0 then opening_amount else 0 end,
    case when opening_amount < 0 then -opening_amount else 0 end,
    opening_amount,
    base_currency_code,
    1,
    opening_amount,
    cast(null as decimal(18, 10)),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as date),
    cast(null as varchar),
    cast(null as varchar),
    'posted',
    false,
    cast(null as varchar),
    'opening',
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar),
    changed_seq
from opening
{% endcall %}
