"""The resources this suite works with: every field type, modifier and kind of reference."""

CATEGORY = "category: name:string(60)! parent:ref(category)?"
PRODUCT = "product: name:string(60) sku:string(32)! category:ref(category) mate:ref(product)?"
THING = (
    "thing: name:string(120)! short:string(3)? text:text? integer:integer=7 big:bigint? "
    "float:float? price:decimal(18,6)? money:decimal(10,2)=1.50 boolean:boolean=true date:date? "
    "at:datetime?# uuid:uuid? json:json? email:email? url:url? state:enum(new|old)=new "
    "quoted:string='two words' unset:string? tiny:decimal(18,18)? link:url?! seen:datetime? "
    "label:string='a \u2013 \u0431'"
)
ENTRY = (
    "entry: name:string(120)# batch:uuid# size:integer?# big:bigint?# float:float?# "
    "price:decimal(18,6)?# day:date?# at:datetime? mark:uuid?# state:enum(a|b|c)? on:boolean? "
    "mail:email?# code:string(40)?!"
)
COUNTER = "counter: name:string(60)! size:integer?# total:integer=0"
RESOURCES = (CATEGORY, PRODUCT, THING, ENTRY, COUNTER)

CATEGORIES = "/api/v1/categories"
PRODUCTS = "/api/v1/products"
THINGS = "/api/v1/things"
ENTRIES = "/api/v1/entries"
COUNTERS = "/api/v1/counters"
