select
    source_id,
    chart_code,
    account_code,
    account_name,
    parent_account_code,
    account_type,
    normal_side,
    is_leaf,
    account_role,
    statement,
    statement_line_code,
    master_account_code,
    is_mapped
from {{ ref('core_accounts') }}
