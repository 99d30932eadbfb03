"""The administrator's pages, a module for each noun; the auditor's trail."""
