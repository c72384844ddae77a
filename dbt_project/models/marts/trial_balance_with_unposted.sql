{{ trial_balance(with_unposted=true) }}
