"""What is asked of the GraphQL Admin API.

A connection costs by how much it may bring, and one query may cost 1,000 points at
most: the lists inside an order are short, and what does not fit is asked for apart.
"""

MONEY = "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"

ADDRESS = """{
  firstName lastName name company address1 address2 city province provinceCode
  zip country countryCodeV2 phone
}"""

LINES = f"""
  nodes {{
    id sku name title variantTitle quantity currentQuantity unfulfilledQuantity
    requiresShipping isGiftCard vendor
    originalUnitPriceSet {MONEY}
    discountAllocations {{ allocatedAmountSet {MONEY} }}
    customAttributes {{ key value }}
    variant {{ id barcode }}
    product {{ id }}
    lineItemGroup {{ id title quantity variantSku }}
  }}
  pageInfo {{ hasNextPage endCursor }}
"""

ORDER = f"""
  id name email phone note poNumber tags test sourceName
  createdAt processedAt updatedAt cancelledAt cancelReason closedAt
  currencyCode presentmentCurrencyCode taxesIncluded customerLocale
  displayFinancialStatus displayFulfillmentStatus returnStatus
  paymentGatewayNames discountCodes
  customAttributes {{ key value }}
  totalPriceSet {MONEY} currentTotalPriceSet {MONEY} subtotalPriceSet {MONEY}
  totalDiscountsSet {MONEY} totalTaxSet {MONEY} totalOutstandingSet {MONEY}
  totalShippingPriceSet {MONEY}
  customer {{
    id firstName lastName
    defaultEmailAddress {{ emailAddress }} defaultPhoneNumber {{ phoneNumber }}
  }}
  billingAddress {ADDRESS} shippingAddress {ADDRESS}
  shippingLines(first: 3) {{
    nodes {{ title code originalPriceSet {MONEY} discountedPriceSet {MONEY} }}
  }}
  transactions(first: 5) {{ kind status gateway processedAt amountSet {MONEY} }}
  refunds(first: 20) {{ id }}
  fulfillments(first: 5) {{
    id status createdAt trackingInfo(first: 1) {{ company number url }}
  }}
  lineItems(first: $lines) {{ {LINES} }}
"""

ORDERS = f"""query Orders(
  $first: Int!, $lines: Int!, $after: String, $filter: String!
) {{
  orders(first: $first, after: $after, query: $filter, sortKey: UPDATED_AT) {{
    nodes {{ {ORDER} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}"""

ONE_ORDER = f"""query OneOrder($id: ID!, $lines: Int!) {{
  order(id: $id) {{ {ORDER} }}
}}"""

MORE_LINES = f"""query MoreLines($id: ID!, $lines: Int!, $after: String) {{
  order(id: $id) {{ lineItems(first: $lines, after: $after) {{ {LINES} }} }}
}}"""

PARCELS = """query Parcels($id: ID!) {
  order(id: $id) {
    fulfillments(first: 5) {
      id status createdAt trackingInfo(first: 1) { company number url }
      fulfillmentLineItems(first: 50) {
        nodes { quantity lineItem { id sku } }
      }
    }
  }
}"""

REFUNDS = f"""query Refunds($id: ID!) {{
  order(id: $id) {{
    refunds(first: 20) {{
      id createdAt note
      order {{ id currencyCode }}
      totalRefundedSet {MONEY}
      refundLineItems(first: 20) {{
        nodes {{
          quantity restockType
          lineItem {{ id sku }}
          subtotalSet {MONEY}
        }}
      }}
    }}
  }}
}}"""

RETURNS = """query Returns($id: ID!) {
  order(id: $id) {
    returns(first: 10) {
      nodes {
        id name status createdAt
        order { id }
        returnLineItems(first: 20) {
          nodes {
            ... on ReturnLineItem {
              quantity customerNote returnReasonNote
              fulfillmentLineItem { lineItem { id sku } }
            }
          }
        }
      }
    }
  }
}"""

LISTED = """query Listed($first: Int!, $after: String, $filter: String!) {
  orders(first: $first, after: $after, query: $filter, sortKey: CREATED_AT) {
    nodes {
      id createdAt cancelledAt displayFulfillmentStatus
      totalPriceSet {
        shopMoney { amount currencyCode } presentmentMoney { amount currencyCode }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

SHOP = "query Shop { shop { name myshopifyDomain currencyCode } }"

FULFILLABLE = """query Fulfillable($id: ID!) {
  order(id: $id) {
    id cancelledAt
    fulfillments(first: 50) { id status trackingInfo(first: 5) { number } }
    fulfillmentOrders(first: 20) {
      nodes {
        id status
        assignedLocation { location { id } }
        lineItems(first: 40) {
          nodes { id remainingQuantity sku lineItem { id } }
        }
      }
    }
  }
}"""

FULFILL = """mutation Fulfill($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id status }
    userErrors { field message }
  }
}"""

DELIVERED = """mutation Delivered($fulfillmentEvent: FulfillmentEventInput!) {
  fulfillmentEventCreate(fulfillmentEvent: $fulfillmentEvent) {
    fulfillmentEvent { id status }
    userErrors { field message }
  }
}"""

CANCEL = """mutation Cancel($orderId: ID!, $restock: Boolean!, $note: String) {
  orderCancel(
    orderId: $orderId, reason: OTHER, restock: $restock, notifyCustomer: false,
    staffNote: $note, refundMethod: { originalPaymentMethodsRefund: false }
  ) {
    job { id }
    orderCancelUserErrors { field message }
  }
}"""

PLACES = "query Places { location { id } }"

STOCK_ITEMS = """query StockItems($filter: String!, $after: String) {
  productVariants(first: 100, query: $filter, after: $after) {
    nodes { sku inventoryItem { id } }
    pageInfo { hasNextPage endCursor }
  }
}"""

SET_STOCK = """mutation SetStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}"""
