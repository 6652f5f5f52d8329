"""What pages ask of meetings: frozen answers with ready words."""
