"""The live page: a memory in the browser, its networks run here. The only room that serves."""
