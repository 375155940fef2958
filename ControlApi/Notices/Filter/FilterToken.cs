namespace ControlApi.Notices.Filter;

/// <summary>A word of a filter. Column counts from 1.</summary>
public readonly record struct FilterToken(FilterTokenKind Kind, string Text, int Column);
