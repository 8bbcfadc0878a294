"""`hop demo`: a memory in the browser. Networks run in the page; Python serves or exports it."""
