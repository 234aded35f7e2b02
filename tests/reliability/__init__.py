"""Every broken input, every odd surrounding and every kill, and the page of what came of them."""
