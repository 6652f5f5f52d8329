"""Pages of targeting support meetings: the board, one meeting before, during and after it."""
