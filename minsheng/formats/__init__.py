"""How each language writes a day and a month: ``{{ day|date:"MONTH_DAY_FORMAT" }}`` is 5月4日, or 4 May."""
