"""Who is granted a channel next: its requests cut, chosen and put under way."""
