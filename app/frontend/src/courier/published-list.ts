/** A procedure as it is published: its cases and the papers that the courier may ask for. */

export interface RequiredPaper {
  line: number;
  name: string;
  originals: number;
  copies: number;
  mode: string;
  need: string;
  case_keys: string[];
  certified_by_post: boolean;
  in_database: boolean;
}

export interface CaseQuestion {
  key: string;
  question: string;
  many: boolean;
  options: { key: string; label: string }[];
}

export interface Procedure {
  code: string;
  version: number | string;
  name: string;
  cases: CaseQuestion[];
  papers: RequiredPaper[];
  carries_copy: boolean;
}
