import Joi from "joi";

/** An event type that an operator adds, as it is written in a file. */
export interface Entry {
  readonly type: string;
  readonly class: string;
  readonly display_name: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, { readonly description: string; readonly sample: unknown }>>;
  readonly class_display_name?: string;
  readonly class_description?: string;
}

/** Names of types, classes and fields. */
const NAME = /^[a-z][a-z0-9_]{0,63}$/;

const name = Joi.string().pattern(NAME, "name");
const text = Joi.string().pattern(/\S/);
const field = Joi.object({ description: text.required(), sample: Joi.any().required() });
const fields = Joi.object()
  .pattern(NAME, field)
  // Joi overlooks this name.
  .custom((value: object, helpers) =>
    Object.hasOwn(helpers.original as object, "__proto__") ? helpers.error("fields.proto") : value,
  );

/** Checks one entry by itself. */
export const entrySchema = Joi.object({
  type: name.required(),
  class: name.required(),
  display_name: text.required(),
  description: text.required(),
  fields: fields.required(),
  class_display_name: text,
  class_description: text,
})
  .required()
  .messages({
    "string.pattern.name": "{{#label}} is no name: a small letter, then at most 63 small letters, digits and _",
    "string.pattern.base": "{{#label}} is empty",
    "string.empty": "{{#label}} is empty",
    "object.base": "{{#label}} is not a JSON object",
    "any.required": "{{#label}} is required",
    "fields.proto": "{{#label}} cannot have the name __proto__",
  });
