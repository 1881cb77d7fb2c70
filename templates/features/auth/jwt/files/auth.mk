.PHONY: rotate-key

rotate-key: install .env ## sign access tokens with a new key; the former one stays good
	@$(PYTHON) -m app rotate-key
