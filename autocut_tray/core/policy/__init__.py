"""Decides where the work runs: the execution policy, and the governor that leaves and regains its tiers."""
