{#- What became of findings: what people decided about them, and which of the last snapshot are gone and why. -#}

{#- Columns of a finding as reconciliation gives them, in the order of the mart. -#}
{% macro finding_columns() -%}
    {{ return([
        'finding_id', 'finding_class', 'source_id', 'company_code', 'company_currency_code', 'flow', 'event', 'fiscal_year', 'period_no',
        'account_role', 'partner_kind', 'partner_code', 'partner_name', 'document_entity', 'document_id', 'document_no', 'line_id',
        'event_date', 'voucher_word', 'voucher_no', 'voucher_source_id', 'voucher_id', 'expected_amount', 'ledger_amount', 'amount',
        'age_days', 'suggested_draft_id', 'explanation_zh', 'explanation_en'
    ]) }}
{%- endmacro %}

{% macro state_word(state, language) -%}
    {%- set words = {
        'explained': ['已说明', 'explained'], 'corrected': ['已更正', 'corrected'], 'accepted': ['已接受', 'accepted']
    } -%}
    case {{ state }}
        {%- for name, pair in words.items() %}
        when '{{ name }}' then '{{ pair[0 if language == 'zh' else 1] }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- Sentences for the reasons for which a finding is gone. -#}
{% macro gone_word(reason, language) -%}
    {%- set words = {
        'document_changed': ['单据已变更或作废，差异消失', 'The document was changed or cancelled'],
        'voucher_came': ['已补记凭证，差异消失', 'The voucher came'],
        'voucher_removed': ['凭证已删除或作废，差异消失', 'The voucher was removed'],
        'voucher_changed': ['凭证已更正，现与单据相符', 'The voucher was changed and agrees with the document now'],
        'reclassified': ['同一单据现归为另一类差异', 'The same document has a finding of another class now'],
    } -%}
    case {{ reason }}
        {%- for name, pair in words.items() %}
        when '{{ name }}' then '{{ pair[0 if language == 'zh' else 1] }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- The mart of findings from the CTE `now`: its rows with what was decided about them, and those of the last snapshot
    that are gone. A decision holds for the content on which it was made. -#}
{% macro with_decisions(now) -%}
decision as (select * from {{ source('house', 'books_finding_decisions') }}),

former as (select * from {{ source('house', 'former_findings') }}),

run as (select max(started_at) as started_at from {{ source('house', 'run_context') }}),

known as (
    select
        {%- for column in finding_columns() %}
        present.{{ column }},
        {%- endfor %}
        present.is_unproven,
        coalesce(decision.owner, present.owner) as owner,
        coalesce(former.first_found_at, run.started_at) as first_found_at,
        case when former.state = 'disappeared' then run.started_at else former.reappeared_at end as reappeared_at,
        decision.state as decided_state,
        decision.amount as decided_amount,
        decision.finding_class = present.finding_class
        and decision.amount = present.amount
        and decision.expected_amount = present.expected_amount as is_same,
        decision.reason,
        decision.evidence,
        decision.decided_by,
        decision.decided_at
    from {{ now }} as present
    cross join run
    left join former on present.finding_id = former.finding_id
    left join decision on present.finding_id = decision.finding_id
),

standing as (
    select
        *,
        coalesce(is_same and not (decided_state = 'corrected' and coalesce(decided_at < reappeared_at, false)), false) as holds
    from known
),

gone as (
    select former.*
    from former
    left join {{ now }} as present on former.finding_id = present.finding_id
    where present.finding_id is null
),

document_now as (
    select
        source_id,
        document_entity,
        document_id,
        event,
        account_role,
        sum({{ money('amount') }}) as amount
    from {{ ref('core_expected_lines') }}
    group by source_id, document_entity, document_id, event, account_role
),

still_document as (
    select distinct
        source_id,
        document_entity,
        document_id,
        event
    from document_now
),

still_voucher as (
    select distinct
        source_id,
        voucher_id
    from {{ ref('core_journal_lines') }}
    where status <> 'void'
),

other_finding as (
    select distinct
        source_id,
        document_entity,
        document_id,
        event
    from {{ now }} as present
    where document_id is not null
),

found_voucher as (
    select distinct expected_unit
    from {{ ref('core_voucher_matches') }}
    where match_class = 'matched'
),

explained_gone as (
    select
        gone.*,
        case
            when gone.document_id is not null and still_document.document_id is null then 'document_changed'
            when gone.voucher_id is not null and still_voucher.voucher_id is null then 'voucher_removed'
            when other_finding.document_id is not null then 'reclassified'
            when found_voucher.expected_unit is not null then 'voucher_came'
            when gone.finding_class = 'missing' then 'document_changed'
            when gone.finding_class = 'wrong_amount' and coalesce(document_now.amount <> gone.expected_amount, false) then 'document_changed'
            else 'voucher_changed'
        end as gone_reason_now
    from gone
    left join still_document
        on gone.source_id = still_document.source_id
        and gone.document_entity = still_document.document_entity
        and gone.document_id = still_document.document_id
        and gone.event = still_document.event
    left join still_voucher on gone.voucher_source_id = still_voucher.source_id and gone.voucher_id = still_voucher.voucher_id
    left join other_finding
        on gone.source_id = other_finding.source_id
        and gone.document_entity = other_finding.document_entity
        and gone.document_id = other_finding.document_id
        and gone.event = other_finding.event
    left join found_voucher on gone.suggested_draft_id = found_voucher.expected_unit
    left join document_now
        on gone.source_id = document_now.source_id
        and gone.document_entity = document_now.document_entity
        and gone.document_id = document_now.document_id
        and gone.event = document_now.event
        and gone.account_role = document_now.account_role
),

every_finding as (
    select
        {%- for column in finding_columns() %}
        {{ column }},
        {%- endfor %}
        case when holds and decided_state is not null then decided_state when is_unproven then 'unproven' else 'open' end as state,
        is_unproven,
        owner,
        reason,
        evidence,
        decided_by,
        decided_at,
        case
            when decided_state is null or holds then null
            when not is_same
                then {{ state_word('decided_state', 'zh') }} || '（' || decided_by || '，' || cast(cast(decided_at as date) as varchar) || '），其后金额由 '
                    || {{ shown_amount('decided_amount') }} || ' 变为 ' || {{ shown_amount('amount') }} || '，重新待处理'
            else {{ state_word('decided_state', 'zh') }} || '（' || decided_by || '，' || cast(cast(decided_at as date) as varchar)
                || '），差异消失后再次出现，重新待处理'
        end as state_note_zh,
        case
            when decided_state is null or holds then null
            when not is_same
                then {{ state_word('decided_state', 'en') }} || ' by ' || decided_by || ' on ' || cast(cast(decided_at as date) as varchar)
                    || '; the amount has changed from ' || {{ shown_amount('decided_amount') }} || ' to ' || {{ shown_amount('amount') }}
                    || ' since, so it is open again'
            else {{ state_word('decided_state', 'en') }} || ' by ' || decided_by || ' on ' || cast(cast(decided_at as date) as varchar)
                || '; it was gone and came back, so it is open again'
        end as state_note_en,
        cast(null as varchar) as gone_reason,
        first_found_at,
        cast(null as timestamp) as disappeared_at,
        reappeared_at
    from standing
    union all
    select
        {%- for column in finding_columns() %}
        {{ 'gone.' ~ column }},
        {%- endfor %}
        'disappeared',
        false,
        coalesce(decision.owner, gone.owner),
        coalesce(decision.reason, gone.reason),
        coalesce(decision.evidence, gone.evidence),
        coalesce(decision.decided_by, gone.decided_by),
        coalesce(decision.decided_at, gone.decided_at),
        case when gone.state = 'disappeared' then gone.state_note_zh else {{ gone_word('gone.gone_reason_now', 'zh') }} end,
        case when gone.state = 'disappeared' then gone.state_note_en else {{ gone_word('gone.gone_reason_now', 'en') }} end,
        case when gone.state = 'disappeared' then gone.gone_reason else gone.gone_reason_now end,
        gone.first_found_at,
        case when gone.state = 'disappeared' then gone.disappeared_at else run.started_at end,
        gone.reappeared_at
    from explained_gone as gone
    cross join run
    left join decision on gone.finding_id = decision.finding_id
)

select
    {%- for column in finding_columns() %}
    {{ column }},
    {%- endfor %}
    state,
    is_unproven,
    owner,
    reason,
    evidence,
    decided_by,
    decided_at,
    state_note_zh,
    state_note_en,
    gone_reason,
    first_found_at,
    disappeared_at,
    reappeared_at,
    explanation_zh || ' | ' || explanation_en as explanation
from every_finding
{%- endmacro %}
