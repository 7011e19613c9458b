raise ImportError("This room was renamed: import from outcross.audits instead of outcross.audit (outcross.audit is the function).")
