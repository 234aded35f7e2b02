"""Networks from elsewhere: their files read, lowered to our layers, and given integers."""
