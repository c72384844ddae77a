{{ trial_balance(with_unposted=false) }}
