"""Pictures and files that come from outside: told apart by their own bytes, decoded and written anew."""
