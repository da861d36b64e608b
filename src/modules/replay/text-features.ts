/** What the text model reads: words, pairs of words and characters by TF-IDF, and the form of the headline. No outcome has a part in it. */
import { beside, type SparseMatrix } from '../../ml/baseline/sparse';
import { fitTextFeatures } from '../../ml/baseline/tf-idf';
import { headlineForm } from './headline-form';

/** @returns [texts, features]; the last `form` of them are of the form, each of mean 0 and variance 1 over the texts, over the root of their number */
export function textFeatures(texts: readonly string[]): { readonly features: SparseMatrix; readonly form: number } {
  const forms = texts.map(headlineForm);
  const form = forms[0]!.length;
  const means = forms[0]!.map((_, j) => forms.reduce((sum, each) => sum + each[j]!, 0) / forms.length);
  const deviations = means.map((mean, j) => Math.sqrt(forms.reduce((sum, each) => sum + (each[j]! - mean) ** 2, 0) / forms.length));
  const standard = forms.flatMap((each) => each.map((x, j) => (deviations[j]! > 0 ? (x - means[j]!) / deviations[j]! / Math.sqrt(form) : 0)));
  const dense: SparseMatrix = {
    rows: texts.length,
    columns: form,
    starts: Int32Array.from({ length: texts.length + 1 }, (_, i) => i * form),
    indices: Int32Array.from(standard, (_, k) => k % form),
    values: Float64Array.from(standard),
  };
  return { features: beside(fitTextFeatures(texts).transform(texts), dense), form };
}
