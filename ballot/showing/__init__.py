"""What pages and letters show, worked out from rows into plain values; no request and no markup."""
